//! The node behind the window.

use node::{Node, NodeConfig};
use tokio::sync::OnceCell;

use crate::error::{Answer, CommandError};

/// This window's device. It is opened by whoever needs it first; if that fails, every command says why.
#[derive(Debug)]
pub(crate) struct Device {
    config: NodeConfig,
    node: OnceCell<Answer<Node>>,
}

impl Device {
    pub(crate) fn new(config: NodeConfig) -> Self {
        Self { config, node: OnceCell::new() }
    }

    pub(crate) async fn node(&self) -> Answer<&Node> {
        let open = || async { Node::open(self.config.clone()).await.map_err(CommandError::from) };
        self.node.get_or_init(open).await.as_ref().map_err(Clone::clone)
    }

    /// Closes the node, if it was opened.
    pub(crate) async fn close(&self) {
        if let Some(Ok(node)) = self.node.get() {
            node.close().await;
        }
    }
}
