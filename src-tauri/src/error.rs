//! Why a command did not work, as the interface gets it.

use node::{
    NodeError,
    snapshot::{ErrorView, MessagePart},
};
use serde::Serialize;

use crate::shell::{open::OpenError, save::SaveError};

/// The code for programs, the message for people.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct CommandError(ErrorView);

impl CommandError {
    pub(crate) fn not_saved(error: SaveError) -> Self {
        let parts = match error {
            SaveError::NotWritten { file, reason } => {
                let next = vec![MessagePart::SaveElsewhere {}];
                node::explained(MessagePart::NotSaved { file }, &node::reason_of_io(&reason), next)
            }
            SaveError::NoDialog => vec![MessagePart::NoSaveDialog {}],
        };
        Self(ErrorView::new("not_saved", parts))
    }

    /// The page says what it means; here is why.
    pub(crate) fn not_read(error: OpenError) -> Self {
        let parts = match error {
            OpenError::NotRead(reason) => node::reason_of_io(&reason),
            OpenError::NoDialog => Vec::new(),
        };
        Self(ErrorView::new("not_read", parts))
    }

    pub(crate) fn not_copied(reason: String) -> Self {
        let detail = MessagePart::TechnicalDetail { detail: reason };
        Self(ErrorView::new("not_copied", vec![MessagePart::NotCopied {}, detail]))
    }

    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }
}

impl From<&NodeError> for CommandError {
    fn from(error: &NodeError) -> Self {
        Self(error.view())
    }
}

impl From<NodeError> for CommandError {
    fn from(error: NodeError) -> Self {
        Self::from(&error)
    }
}

/// What a command answers.
pub(crate) type Answer<T> = Result<T, CommandError>;
