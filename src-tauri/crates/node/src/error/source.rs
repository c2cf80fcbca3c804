//! Why a wallet's money can't be looked up, in words.

use crate::{
    ledger::bitcoin::{HttpError, LONGEST_LOGIN, NotTaken, SourceError},
    message::MessagePart,
};

pub(super) fn source_words(error: &SourceError) -> (&'static str, MessagePart) {
    use {MessagePart as M, SourceError as E};
    match error {
        E::InvalidAddress => ("invalid_node", M::InvalidNode {}),
        E::Cookie => ("node_cookie", M::NodeCookie {}),
        E::InvalidUser => ("invalid_node", M::NodeUser { most: LONGEST_LOGIN.to_string() }),
        E::InvalidPassword => ("invalid_node", M::NodePassword { most: LONGEST_LOGIN.to_string() }),
        E::NoPassword => ("node_password", M::NodePasswordMissing {}),
        E::PasswordLocked => ("node_locked", M::NodePasswordLocked {}),
        E::PasswordUnread => ("node_password", M::NodePasswordUnread {}),
        E::Unauthorized => ("node_unauthorized", M::NodeUnauthorized {}),
        E::Forbidden => ("node_forbidden", M::NodeForbidden {}),
        E::Http(HttpError::Unreachable | HttpError::TimedOut) => ("node", M::NodeUnreachable {}),
        E::Http(HttpError::Certificate) => ("node", M::NodeCertificate {}),
        E::Http(HttpError::TooLong) | E::Malformed | E::Implausible(_) => ("node", M::NodeNonsense {}),
        E::Http(HttpError::Refused { status, .. }) => {
            ("node", M::NodeRefuses { detail: format!("HTTP {status}") })
        }
        E::OtherNetwork(network) => {
            ("node_other_network", M::NodeOtherNetwork { network: network.to_string() })
        }
        E::Starting => ("node", M::NodeStarting {}),
        E::Behind { height } => ("node", M::NodeBehind { height: *height }),
        E::Pruned => ("node_pruned", M::NodePruned {}),
        E::NotTaken(NotTaken::FeeTooLow) => ("fee_too_low", M::NotTakenFee {}),
        E::NotTaken(NotTaken::CoinsGone) => ("coins_gone", M::NotTakenCoins {}),
        E::NotTaken(NotTaken::Other { text }) => ("not_taken", M::NotTaken { detail: text.clone() }),
        E::Refused { code, text } => ("node", M::NodeRefuses { detail: format!("{code}: {text}") }),
    }
}
