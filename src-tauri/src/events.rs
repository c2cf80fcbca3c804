//! Snapshots on their way to the interface.

use std::sync::Arc;

use node::snapshot::Snapshot;
use tauri::{async_runtime, ipc::Channel};
use tokio::sync::watch;

/// Counts subscriptions: a page that is loaded again subscribes again, and the newest one counts.
#[derive(Debug)]
pub(crate) struct Subscriptions(watch::Sender<u64>);

impl Default for Subscriptions {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Subscriptions {
    /// Sends the present snapshot and each that follows, until the channel fails or another subscription
    /// takes its place. A page that is slow skips snapshots, never the last one.
    pub(crate) fn forward(&self, mut snapshots: watch::Receiver<Arc<Snapshot>>, channel: Channel<Snapshot>) {
        self.0.send_modify(|count| *count += 1);
        let mut newest = self.0.subscribe();
        async_runtime::spawn(async move {
            loop {
                let snapshot = Snapshot::clone(&snapshots.borrow_and_update());
                if channel.send(snapshot).is_err() {
                    return;
                }
                tokio::select! {
                    biased;
                    _ = newest.changed() => return,
                    changed = snapshots.changed() => if changed.is_err() { return },
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use node::{Node, NodeConfig, snapshot::KeystoreKind};
    use tokio::{sync::mpsc, time::timeout};

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    /// A channel whose messages arrive as their JSON.
    fn channel() -> (Channel<Snapshot>, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(64);
        let channel = Channel::new(move |body| {
            let text = match body {
                tauri::ipc::InvokeResponseBody::Json(text) => text,
                tauri::ipc::InvokeResponseBody::Raw(_) => String::new(),
            };
            sender.try_send(text).map_err(|_| tauri::Error::WebviewNotFound)
        });
        (channel, receiver)
    }

    async fn until(messages: &mut mpsc::Receiver<String>, wanted: &str) {
        timeout(LONG, async {
            while !messages.recv().await.expect("the channel is open").contains(wanted) {}
        })
        .await
        .expect("the snapshot arrives");
    }

    #[test]
    fn a_page_gets_the_whole_state_at_once_and_then_every_change() {
        async_runtime::block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let config = NodeConfig {
                device: Some("alice".into()),
                data_dir: Some(folder.path().to_owned()),
                keystore: Some(KeystoreKind::Vault),
                ..NodeConfig::default()
            };
            let node = Node::open(config).await.unwrap();
            let subscriptions = Subscriptions::default();
            let (first, mut seen) = channel();
            subscriptions.forward(node.snapshots(), first);
            until(&mut seen, "\"needsPassphrase\"").await;
            node.set_device_name("Alice’s laptop".into()).await.unwrap();
            until(&mut seen, "Alice’s laptop").await;

            let (second, mut after_reload) = channel();
            subscriptions.forward(node.snapshots(), second);
            until(&mut after_reload, "Alice’s laptop").await;
            let ended = timeout(LONG, async { while seen.recv().await.is_some() {} }).await;
            assert!(ended.is_ok(), "the page that is gone is not written to any more");
            node.close().await;
        });
    }
}
