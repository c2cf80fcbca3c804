//! What the desktop tells the page: links, menu entries, that the window is to close.

use std::collections::VecDeque;

use serde::Serialize;
use tauri::{async_runtime, ipc::Channel};
use tokio::sync::mpsc;
use ts_rs::TS;

/// Events that wait for the page to be loaded. Older ones are dropped.
const WAITING: usize = 8;

/// Something that the page has to react to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub(crate) enum ShellEvent {
    /// The window is to close while closing would end something: ask, say so by `close_asked`, then call `quit` or not.
    CloseRequested,
    /// A `permafrost:` link was opened. Show what it is; do nothing by itself.
    OpenLink {
        /// The link's text as in a session ID's field. From anywhere; at most 2 KiB.
        text: String,
    },
    /// A menu's entry was chosen.
    Menu {
        /// Which one.
        action: MenuAction,
    },
    /// The system's screen was locked.
    SystemLocked,
}

/// Where a menu leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub(crate) enum MenuAction {
    /// The list of wallets.
    Home,
    /// Making a wallet.
    Create,
    /// Joining one.
    Join,
    /// What others ask to be signed.
    Requests,
    /// The contacts.
    Contacts,
    /// The settings.
    Settings,
    /// About Permafrost.
    About,
    /// Locking the app.
    Lock,
}

/// Rings at the page. What rings before a page listens is kept for it; a page that is loaded again takes the place of
/// the one before.
#[derive(Clone, Debug)]
pub(crate) struct Bell(mpsc::Sender<Message>);

enum Message {
    Listen(Channel<ShellEvent>),
    Ring(ShellEvent),
}

impl Default for Bell {
    fn default() -> Self {
        let (sender, messages) = mpsc::channel(64);
        async_runtime::spawn(deliver(messages));
        Self(sender)
    }
}

impl Bell {
    pub(crate) fn ring(&self, event: ShellEvent) {
        self.post(Message::Ring(event));
    }

    pub(crate) fn listen(&self, channel: Channel<ShellEvent>) {
        self.post(Message::Listen(channel));
    }

    fn post(&self, message: Message) {
        if self.0.try_send(message).is_err() {
            tracing::warn!("too much happens at once for the page");
        }
    }
}

async fn deliver(mut messages: mpsc::Receiver<Message>) {
    let mut page: Option<Channel<ShellEvent>> = None;
    let mut waiting = VecDeque::new();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Listen(channel) => page = Some(channel),
            Message::Ring(event) => {
                if waiting.len() == WAITING {
                    waiting.pop_front();
                }
                waiting.push_back(event);
            }
        }
        let Some(listening) = &page else { continue };
        if waiting.drain(..).any(|event| listening.send(event).is_err()) {
            page = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tauri::ipc::InvokeResponseBody;
    use tokio::time::timeout;

    use super::*;

    fn page() -> (Channel<ShellEvent>, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(64);
        let channel = Channel::new(move |body| {
            let InvokeResponseBody::Json(text) = body else { return Ok(()) };
            sender.try_send(text).map_err(|_| tauri::Error::WebviewNotFound)
        });
        (channel, receiver)
    }

    async fn next(page: &mut mpsc::Receiver<String>) -> String {
        timeout(Duration::from_secs(30), page.recv()).await.expect("it rings in time").expect("it rings")
    }

    fn link(number: usize) -> ShellEvent {
        ShellEvent::OpenLink { text: format!("pf{number}") }
    }

    #[test]
    fn what_rings_before_the_page_is_loaded_is_kept_for_it() {
        async_runtime::block_on(async {
            let bell = Bell::default();
            (0..20).for_each(|number| bell.ring(link(number)));
            let (channel, mut seen) = page();
            bell.listen(channel);
            let first = next(&mut seen).await;
            assert_eq!(first, r#"{"kind":"openLink","text":"pf12"}"#, "the eight newest are kept");
            for number in 13..20 {
                assert!(next(&mut seen).await.contains(&format!("pf{number}")));
            }
        });
    }

    #[test]
    fn a_page_that_is_loaded_again_hears_instead_of_the_one_before() {
        async_runtime::block_on(async {
            let bell = Bell::default();
            let (before, mut gone) = page();
            let (after, mut seen) = page();
            bell.listen(before);
            bell.listen(after);
            bell.ring(ShellEvent::Menu { action: MenuAction::Home });
            assert_eq!(next(&mut seen).await, r#"{"kind":"menu","action":"home"}"#);
            assert!(gone.recv().await.is_none(), "the page that is gone hears nothing");
        });
    }
}
