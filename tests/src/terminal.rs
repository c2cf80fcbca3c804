//! A command as a person sees it: at a terminal, with questions and Ctrl-C.

use std::{
    io::{Read as _, Write as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Instant,
};

use crate::cluster::{Device, PATIENCE};

/// A command that runs at a terminal of its own. Killed when dropped.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Receiver<Vec<u8>>,
    shown: String,
}

impl Terminal {
    /// Runs a device's command there, by util-linux's `script`.
    pub fn run<S: AsRef<str>>(device: &Device, arguments: &[S]) -> Self {
        let command = device.command(arguments);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted: Vec<_> = words.map(|word| quoted(&word.to_string_lossy())).collect();
        let environment = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--flush", "--command", &quoted.join(" "), "/dev/null"])
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script runs");
        let keys = child.stdin.take().expect("its input is piped");
        let mut output = child.stdout.take().expect("its output is piped");
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, keys, screen, shown: String::new() }
    }

    /// Waits until this text has been shown, and returns all that has.
    ///
    /// # Panics
    ///
    /// It is not in time.
    pub fn shows(&mut self, text: &str) -> &str {
        while !self.shown.contains(text) {
            assert!(self.read(), "it ended without “{text}”:\n{}", self.shown);
        }
        &self.shown
    }

    /// Types.
    pub fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("the terminal is there");
    }

    /// Waits until the command has ended; returns how, and all that it has shown.
    ///
    /// # Panics
    ///
    /// It does not in time.
    pub fn ended(&mut self) -> (ExitStatus, &str) {
        while self.read() {}
        (self.child.wait().expect("it was started here"), &self.shown)
    }

    /// Reads on; false at the end.
    fn read(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        match self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => {
                self.shown.push_str(&String::from_utf8_lossy(&bytes));
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("nothing more comes:\n{}", self.shown),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
