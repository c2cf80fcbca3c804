//! Why a Solana payment can't be made, in words.

use chains::solana::{
    amount::{self, SOL_DECIMALS},
    intent::IntentError,
    memo::MemoError,
    review::Notice,
    rpc::{Cause, RpcError},
    token::Rule,
};

use crate::{ledger::solana::SolanaError, message::MessagePart};

pub(super) fn solana_words(error: &SolanaError) -> (&'static str, MessagePart) {
    use {MessagePart as M, SolanaError as E};
    match error {
        E::OtherChain => ("not_solana", M::NotSolana {}),
        E::InvalidServer => ("invalid_solana_server", M::InvalidSolanaServer {}),
        E::NoServer(network) => ("no_solana_server", M::NoSolanaServer { network: network.to_string() }),
        E::Unreachable => ("solana_server", M::SolanaServerUnreachable {}),
        E::NotLookedUp => ("solana_server", M::SolanaNotLookedUp {}),
        E::OtherNetwork(network) => {
            ("solana_other_network", M::SolanaServerOtherNetwork { network: network.to_string() })
        }
        E::Rpc(RpcError::Refused { text, .. }) => {
            ("solana_server", M::SolanaServerRefuses { detail: text.clone() })
        }
        E::Rpc(_) => ("solana_server", M::SolanaServerNonsense {}),
        E::WouldFail(cause) => ("solana_refused", cause_words(*cause)),
        E::Address => ("solana_address", M::SolanaAddress {}),
        E::Amount => ("solana_amount", M::SolanaAmount {}),
        E::NoSuchToken => ("solana_token", M::SolanaNoSuchToken {}),
        E::Memo(error) => ("solana_memo", memo_words(error)),
        E::Intent(error) => intent_words(error),
        E::Notice(notice) => ("solana_refused", notice_words(notice)),
        E::BegunBefore => ("solana_begun_before", M::SolanaBegunBefore {}),
    }
}

/// What people should know before they approve a payment.
pub(crate) fn notice_words(notice: &Notice) -> MessagePart {
    use {MessagePart as M, Notice as N};
    match notice {
        N::ReceivesTooLittle { least } => M::SolanaReceivesTooLittle { least: sol(*least) },
        N::NotEnoughSol { needed, there } => M::SolanaNotEnough { needed: sol(*needed), there: sol(*there) },
        N::LeavesTooLittle { least } => M::SolanaLeavesTooLittle { least: sol(*least) },
        N::NoKey => M::SolanaNoKey {},
        N::NewAddress => M::SolanaNewAddress {},
        N::NotAWallet => M::SolanaNotAWallet {},
        N::NoSuchToken | N::OtherDecimals { .. } => M::SolanaNoSuchToken {},
        N::NotEnoughTokens { .. } => M::SolanaNotEnoughTokens {},
        N::Frozen => M::SolanaFrozen {},
        N::NoTokenAccount | N::ForeignAccount => M::SolanaNoTokenAccount {},
        N::MakesAccount { cost } => M::SolanaMakesAccount { cost: sol(*cost) },
        N::TokenRule(Rule::CanBePaused | Rule::CanBeTaken) => M::SolanaTokenGoverned {},
        N::TokenRule(Rule::ShownDifferently) => M::SolanaTokenShownDifferently {},
        N::TokenFee { .. } => M::SolanaTokenFee {},
        // Those that can't be sent by this version, whatever the reason.
        _ => M::SolanaTokenRule {},
    }
}

fn cause_words(cause: Cause) -> MessagePart {
    use MessagePart as M;
    match cause {
        Cause::Expired => M::SolanaNotSeenYet {},
        Cause::NotEnough | Cause::NotEnoughForFee | Cause::NotEnoughForRent => M::SolanaFailsNotEnough {},
        Cause::AlreadyMarked => M::SolanaAlreadyMarked {},
        Cause::Frozen => M::SolanaFrozen {},
        Cause::NoAccount => M::SolanaNoTokenAccount {},
        Cause::OtherDecimals => M::SolanaNoSuchToken {},
        _ => M::SolanaFails {},
    }
}

fn intent_words(error: &IntentError) -> (&'static str, MessagePart) {
    use MessagePart as M;
    match error {
        IntentError::Zero => ("solana_amount", M::SolanaAmount {}),
        IntentError::ToItself => ("solana_address", M::SolanaToItself {}),
        IntentError::NobodyReceives(_) => ("solana_address", M::SolanaNobodyReceives {}),
        IntentError::Deposit(_) => ("solana_server", M::SolanaServerNonsense {}),
        IntentError::Memo(error) => ("solana_memo", memo_words(error)),
        _ => ("solana_refused", M::SolanaFails {}),
    }
}

fn memo_words(error: &MemoError) -> MessagePart {
    match error {
        MemoError::TooLong(_) => MessagePart::SolanaMemoTooLong {},
        _ => MessagePart::SolanaMemo {},
    }
}

fn sol(lamports: u64) -> String {
    amount::format(lamports, SOL_DECIMALS)
}
