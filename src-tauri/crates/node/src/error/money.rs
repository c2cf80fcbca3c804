//! Why a payment can't be drafted, in words.

use bitcoin::{Amount, Denomination};
use chains::bitcoin::{amount::AmountError, uri::UriError, wallet::BuildError};

use super::transaction::transaction_words;
use crate::message::MessagePart;

pub(super) fn request_words(error: &UriError) -> (&'static str, MessagePart) {
    use {MessagePart as M, UriError as E};
    match error {
        E::OtherNetwork { wanted } => {
            ("other_network", M::AddressOtherNetwork { network: wanted.to_string() })
        }
        E::UnknownAddressType | E::Unspendable => ("invalid_address", M::AddressUnspendable {}),
        E::Amount(AmountError::TooMuch) | E::ZeroAmount | E::Amount(_) => {
            ("invalid_amount", M::RequestAmount {})
        }
        E::Repeated(_) | E::UnknownRequirement(_) | E::Encoding | E::TooLong => {
            ("invalid_request", M::RequestUnreadable {})
        }
        E::NoAddress | E::OtherScheme => ("invalid_address", M::AddressMissing {}),
        _ => ("invalid_address", M::AddressInvalid {}),
    }
}

pub(super) fn build_words(error: &BuildError) -> (&'static str, MessagePart) {
    use {BuildError as E, MessagePart as M};
    match error {
        E::OtherNetwork { .. } => ("other_network", M::AddressOtherNetworkHere {}),
        E::Dust { minimum, .. } => ("dust", M::PaymentDust { minimum: minimum.to_sat().to_string() }),
        E::Insufficient { needed, available } => {
            // With all eight decimals, as amounts are shown.
            let btc = |amount: &Amount| format!("{:.8}", amount.display_in(Denomination::Bitcoin));
            let (needed, available) = (btc(needed), btc(available));
            ("insufficient", M::PaymentInsufficient { needed, available })
        }
        E::UnknownCoin(_) => ("unknown_coin", M::CoinUnknown {}),
        E::ReservedCoin(_) => ("reserved_coin", M::CoinReserved {}),
        E::UnknownTransaction(_) => ("unknown_transaction", M::UnknownTransaction {}),
        E::Confirmed(_) => ("confirmed", M::BumpConfirmed {}),
        E::Irreplaceable(_) => ("irreplaceable", M::BumpIrreplaceable {}),
        E::FeeTooLow { required } => {
            let tenths = required.to_sat_per_kwu().saturating_mul(10).div_ceil(250);
            ("fee_too_low", M::FeeTooLow { rate: format!("{}.{}", tenths / 10, tenths % 10) })
        }
        E::NoSingleRecipient => ("no_single_recipient", M::BumpNoSingleRecipient {}),
        E::Spend(error) => transaction_words(error),
        // Nobody to pay, or a combination that makes no transaction.
        _ => ("impossible_payment", M::PaymentImpossible {}),
    }
}
