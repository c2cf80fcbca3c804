//! The node behind the window.

use std::{path::PathBuf, sync::OnceLock};

use node::{Node, NodeConfig};
use tokio::sync::{Mutex, Notify};

use crate::error::{Answer, CommandError};

/// This window's device. It is opened by whoever needs it first; if that fails, every command says why, until it is
/// tried again.
#[derive(Debug)]
pub(crate) struct Device {
    config: NodeConfig,
    node: OnceLock<Node>,
    /// Why the last attempt failed; held while there is one.
    failure: Mutex<Option<CommandError>>,
    opened: Notify,
}

impl Device {
    pub(crate) fn new(config: NodeConfig) -> Self {
        Self { config, node: OnceLock::new(), failure: Mutex::default(), opened: Notify::new() }
    }

    pub(crate) async fn node(&self) -> Answer<&Node> {
        if let Some(node) = self.node.get() {
            return Ok(node);
        }
        let mut failure = self.failure.lock().await;
        match &*failure {
            Some(failure) => Err(failure.clone()),
            None => self.open(&mut failure).await,
        }
    }

    /// Tries again to open a node that could not be opened.
    pub(crate) async fn reopen(&self) -> Answer<()> {
        let mut failure = self.failure.lock().await;
        self.open(&mut failure).await.map(|_| ())
    }

    /// The node as soon as it is open, however many attempts that takes.
    pub(crate) async fn running(&self) -> &Node {
        loop {
            let opened = self.opened.notified();
            if let Some(node) = self.node.get() {
                return node;
            }
            opened.await;
        }
    }

    /// Where its data is.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.config.folder().ok()
    }

    /// The node, if it is open now.
    pub(crate) fn if_open(&self) -> Option<&Node> {
        self.node.get()
    }

    /// Closes the node, if it was opened.
    pub(crate) async fn close(&self) {
        if let Some(node) = self.node.get() {
            node.close().await;
        }
    }

    async fn open(&self, failure: &mut Option<CommandError>) -> Answer<&Node> {
        if let Some(node) = self.node.get() {
            return Ok(node);
        }
        match Node::open(self.config.clone()).await {
            Ok(node) => {
                *failure = None;
                let node = self.node.get_or_init(|| node);
                self.opened.notify_waiters();
                Ok(node)
            }
            Err(error) => {
                tracing::error!(code = error.code(), "the device can't be opened");
                let error = CommandError::from(error);
                *failure = Some(error.clone());
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use node::snapshot::KeystoreKind;
    use tauri::async_runtime;

    use super::*;

    #[test]
    fn what_kept_a_device_from_opening_is_tried_again_only_when_asked() {
        async_runtime::block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let profile = folder.path().join("alice");
            fs::write(&profile, "a file where the folder should be").unwrap();
            let device = Device::new(NodeConfig {
                device: Some("alice".into()),
                data_dir: Some(folder.path().to_owned()),
                keystore: Some(KeystoreKind::Vault),
                ..NodeConfig::default()
            });
            assert!(device.node().await.is_err());
            fs::remove_file(&profile).unwrap();
            assert!(device.node().await.is_err(), "not by itself");
            let (running, reopened) = tokio::join!(device.running(), device.reopen());
            reopened.expect("the folder can be made now");
            assert_eq!(running.snapshots().borrow().device.name, "alice");
            assert!(device.node().await.is_ok());
            device.close().await;
        });
    }
}
