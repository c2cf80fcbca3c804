//! Why a command did not work, as the interface gets it.

use node::{NodeError, snapshot::ErrorView};
use serde::Serialize;

use crate::shell::save::SaveError;

/// `{code, message}`: the code for programs, the message for people.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct CommandError(ErrorView);

impl CommandError {
    pub(crate) fn not_saved(error: SaveError) -> Self {
        Self::new(
            "not_saved",
            format!(
                "{error}. What was there before is unchanged. Choose another folder, or make room on the disk, and save again."
            ),
        )
    }

    pub(crate) fn not_copied(reason: String) -> Self {
        Self::new(
            "not_copied",
            format!(
                "Nothing was copied, since the clipboard can't be used: {reason}. Try again, or select the text and copy it by hand."
            ),
        )
    }

    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    fn new(code: &str, message: String) -> Self {
        Self(ErrorView { code: code.to_owned(), message, parts: Vec::new() })
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
