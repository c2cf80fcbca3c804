//! Why a command did not work, as the interface gets it.

use node::{NodeError, snapshot::ErrorView};
use serde::Serialize;

/// `{code, message}`: the code for programs, the message for people.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct CommandError(ErrorView);

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
