//! Why a command did not work, as the interface gets it.

use node::{
    NodeError,
    snapshot::{ErrorView, MessagePart},
};
use serde::Serialize;

use crate::shell::save::SaveError;

/// The code for programs, the message for people.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct CommandError(ErrorView);

impl CommandError {
    pub(crate) fn not_saved(error: SaveError) -> Self {
        let part = match error {
            SaveError::NotWritten { file, reason } => {
                MessagePart::NotSaved { file, reason: reason.to_string() }
            }
            SaveError::NoDialog => MessagePart::NoSaveDialog {},
        };
        Self::new("not_saved", part)
    }

    pub(crate) fn not_copied(reason: String) -> Self {
        Self::new("not_copied", MessagePart::NotCopied { reason })
    }

    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    fn new(code: &str, part: MessagePart) -> Self {
        Self(ErrorView { code: code.to_owned(), message: part.to_string(), parts: vec![part] })
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
