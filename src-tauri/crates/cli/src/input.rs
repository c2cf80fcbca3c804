//! What people type, and what programs say on standard input.
//!
//! A read of standard input can't be taken back, so a thread of its own does it: a question that nobody answers holds up
//! neither the session nor the end of the program.

use std::{
    io::Write as _,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use tokio::sync::{Mutex, mpsc};

/// Lines that wait to be read.
const WAITING: usize = 64;

static LINES: OnceLock<Lines> = OnceLock::new();
/// Counts the questions.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// The lines of standard input, each with the number of questions that had been asked when it came.
struct Lines(Mutex<mpsc::Receiver<(u64, String)>>);

impl Lines {
    fn get() -> &'static Self {
        LINES.get_or_init(|| {
            let (sender, lines) = mpsc::channel(WAITING);
            thread::spawn(move || {
                for line in std::io::stdin().lines().map_while(Result::ok) {
                    if sender.blocking_send((ASKED.load(Ordering::Acquire), line)).is_err() {
                        return;
                    }
                }
            });
            Self(Mutex::new(lines))
        })
    }

    async fn next(&self) -> Option<(u64, String)> {
        self.0.lock().await.recv().await
    }
}

/// Asks on the terminal; anything but yes is no. Cancel safe. A line that was read before is no answer.
pub(crate) async fn yes(question: &str) -> bool {
    let number = ASKED.fetch_add(1, Ordering::AcqRel) + 1;
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    loop {
        match Lines::get().next().await {
            Some((asked, line)) if asked == number => return matches!(line.trim(), "y" | "Y" | "yes"),
            Some(_) => {}
            None => return false,
        }
    }
}

/// What a program decides about a request to be let in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) request: String,
    pub(crate) admit: bool,
}

/// The next line of standard input, if it is `admit ID` or `refuse ID`, or the line as it is; none after the last one.
/// Cancel safe.
pub(crate) async fn decision() -> Option<Result<Decision, String>> {
    Lines::get().next().await.map(|(_, line)| parse(&line).ok_or(line))
}

fn parse(line: &str) -> Option<Decision> {
    let mut words = line.split_whitespace();
    let admit = match words.next()? {
        "admit" => true,
        "refuse" => false,
        _ => return None,
    };
    let request = words.next()?.to_owned();
    words.next().is_none().then_some(Decision { request, admit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_a_verb_and_a_request() {
        let decision = |admit| Some(Decision { request: "pfd1abc".to_owned(), admit });
        assert_eq!(parse("admit pfd1abc"), decision(true));
        assert_eq!(parse("  refuse\tpfd1abc \r"), decision(false));
        for other in ["", "admit", "yes pfd1abc", "admit pfd1abc pfd1def", "Admit pfd1abc"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
