//! Copying text, and taking back what should not lie around.

use std::{
    sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// How long something sensitive stays on the clipboard.
const SENSITIVE: Duration = Duration::from_secs(90);

/// The clipboard; on X11 what was copied is there as long as this is.
#[derive(Debug)]
pub(crate) struct Clipboard(SyncSender<Request>);

#[derive(Debug)]
enum Request {
    Copy { text: Zeroizing<String>, sensitive: bool, reply: oneshot::Sender<Result<(), String>> },
    Clear(oneshot::Sender<()>),
}

impl Default for Clipboard {
    fn default() -> Self {
        let (requests, inbox) = mpsc::sync_channel(16);
        thread::spawn(move || serve(&inbox, System::default(), SENSITIVE));
        Self(requests)
    }
}

impl Clipboard {
    /// Copies text. What is sensitive is kept from clipboard histories that can be told, and is taken back after
    /// a while unless something else was copied.
    pub(crate) async fn copy(&self, text: String, sensitive: bool) -> Result<(), String> {
        let (reply, done) = oneshot::channel();
        let request = Request::Copy { text: text.into(), sensitive, reply };
        self.0.try_send(request).map_err(|error| error.to_string())?;
        done.await.map_err(|error| error.to_string())?
    }

    /// Takes back at once what is sensitive.
    pub(crate) async fn clear(&self) {
        let (reply, done) = oneshot::channel();
        if self.0.try_send(Request::Clear(reply)).is_ok() {
            // It answers, or has ended.
            let _ = done.await;
        }
    }
}

/// What a desktop's clipboard does.
trait Board {
    fn set(&mut self, text: &str, sensitive: bool) -> Result<(), String>;
    fn get(&mut self) -> Option<Zeroizing<String>>;
    fn clear(&mut self);
}

fn serve(inbox: &Receiver<Request>, mut board: impl Board, stay: Duration) {
    let mut lent: Option<(Zeroizing<String>, Instant)> = None;
    loop {
        let request = match &lent {
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some((_, until)) => inbox.recv_timeout(until.saturating_duration_since(Instant::now())),
        };
        match request {
            Ok(Request::Copy { text, sensitive, reply }) => {
                let copied = board.set(&text, sensitive);
                if copied.is_ok() {
                    lent = sensitive.then(|| (text, Instant::now() + stay));
                }
                // Whoever asked may be gone.
                let _ = reply.send(copied);
            }
            Ok(Request::Clear(reply)) => {
                take_back(&mut board, lent.take());
                let _ = reply.send(());
            }
            Err(RecvTimeoutError::Timeout) => take_back(&mut board, lent.take()),
            Err(RecvTimeoutError::Disconnected) => return take_back(&mut board, lent.take()),
        }
    }
}

fn take_back(board: &mut impl Board, lent: Option<(Zeroizing<String>, Instant)>) {
    if let Some((text, _)) = lent
        && board.get().as_deref() == Some(&*text)
    {
        board.clear();
    }
}

/// The desktop's own, opened when it is needed first and again after it failed.
#[derive(Default)]
struct System(Option<arboard::Clipboard>);

impl System {
    fn open(&mut self) -> Result<&mut arboard::Clipboard, arboard::Error> {
        if self.0.is_none() {
            self.0 = Some(arboard::Clipboard::new()?);
        }
        self.0.as_mut().ok_or(arboard::Error::ClipboardNotSupported)
    }
}

impl Board for System {
    fn set(&mut self, text: &str, sensitive: bool) -> Result<(), String> {
        let copied = self.open().and_then(|clipboard| {
            let setting = clipboard.set();
            if sensitive { unlisted(setting).text(text) } else { setting.text(text) }
        });
        copied.map_err(|error| {
            self.0 = None;
            error.to_string()
        })
    }

    fn get(&mut self) -> Option<Zeroizing<String>> {
        self.open().ok()?.get_text().ok().map(Zeroizing::new)
    }

    fn clear(&mut self) {
        if let Ok(clipboard) = self.open()
            && let Err(error) = clipboard.clear()
        {
            tracing::warn!(%error, "the clipboard can't be cleared");
        }
    }
}

#[cfg(target_os = "linux")]
fn unlisted(setting: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(setting)
}

#[cfg(target_os = "macos")]
fn unlisted(setting: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(setting)
}

#[cfg(windows)]
fn unlisted(setting: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtWindows::exclude_from_history(setting)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tauri::async_runtime;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<String>>);

    impl Board for Shared {
        fn set(&mut self, text: &str, _: bool) -> Result<(), String> {
            *self.0.lock().unwrap() = text.to_owned();
            Ok(())
        }

        fn get(&mut self) -> Option<Zeroizing<String>> {
            Some(self.0.lock().unwrap().clone().into())
        }

        fn clear(&mut self) {
            self.0.lock().unwrap().clear();
        }
    }

    fn clipboard(stay: Duration) -> (Clipboard, Shared, thread::JoinHandle<()>) {
        let (requests, inbox) = mpsc::sync_channel(16);
        let board = Shared::default();
        let own = board.clone();
        let server = thread::spawn(move || serve(&inbox, own, stay));
        (Clipboard(requests), board, server)
    }

    #[test]
    fn something_sensitive_is_taken_back_after_its_time() {
        let (clipboard, board, server) = clipboard(Duration::ZERO);
        async_runtime::block_on(clipboard.copy("pf1secret".into(), true)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !board.0.lock().unwrap().is_empty() {
            assert!(Instant::now() < deadline, "it is cleared");
            thread::yield_now();
        }
        drop(clipboard);
        server.join().unwrap();
    }

    #[test]
    fn what_was_copied_since_is_left_alone() {
        let (clipboard, board, _server) = clipboard(LONG);
        async_runtime::block_on(async {
            clipboard.copy("pf1secret".into(), true).await.unwrap();
            *board.0.lock().unwrap() = "from another program".to_owned();
            clipboard.clear().await;
            assert_eq!(*board.0.lock().unwrap(), "from another program");
            clipboard.copy("pf1secret".into(), true).await.unwrap();
            clipboard.copy("bc1address".into(), false).await.unwrap();
            clipboard.clear().await;
            assert_eq!(*board.0.lock().unwrap(), "bc1address", "an address may stay");
        });
    }

    #[test]
    fn nothing_sensitive_stays_when_the_app_ends() {
        let (clipboard, board, server) = clipboard(LONG);
        async_runtime::block_on(clipboard.copy("pf1secret".into(), true)).unwrap();
        assert_eq!(*board.0.lock().unwrap(), "pf1secret");
        drop(clipboard);
        server.join().unwrap();
        assert_eq!(*board.0.lock().unwrap(), "");
    }
}
