//! What people paste or scan to say whom to pay: an address, or a payment request (BIP-21).
//!
//! Own code, as BIP-21 is a few lines of grammar, and each way to get it wrong shall be named to people.

use std::collections::BTreeSet;

use bitcoin::{Address, Amount, address::NetworkUnchecked};
use percent_encoding::percent_decode_str;

use super::{
    Network,
    amount::{self, AmountError, Unit},
    spend::{Payable, payable},
};

/// The longest text that is read.
pub const MAX_LENGTH: usize = 4096;

/// Whom to pay, and perhaps how much and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// The address.
    pub address: Address,
    /// How much, if it is stated; never zero.
    pub amount: Option<Amount>,
    /// A name for the payee, as the request has it: any characters, to be checked before it is shown.
    pub label: Option<String>,
    /// What the payment is for, as the request has it: any characters, to be checked before it is shown.
    pub message: Option<String>,
}

/// Why a text says of nobody to pay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriError {
    /// Longer than [`MAX_LENGTH`].
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// It begins like a link, with another scheme than `bitcoin:`.
    #[error("not a payment request for bitcoin")]
    OtherScheme,
    /// There is none: nothing was pasted, or a request by other means (Lightning, say).
    #[error("no address")]
    NoAddress,
    /// A mistyped or cut address, or something else altogether.
    #[error("not an address")]
    InvalidAddress,
    /// An address whose kind is unknown, so that nobody may be able to spend what lies there.
    #[error("an address of an unknown kind")]
    UnknownAddressType,
    /// A taproot address that is no key, so that what is sent there is lost.
    #[error("an address that nobody can spend from")]
    Unspendable,
    /// An address of another network than the wallet's.
    #[error("an address of another network, not {wanted}")]
    OtherNetwork {
        /// The wallet's network.
        wanted: Network,
    },
    /// The stated amount is none.
    #[error("the amount: {0}")]
    Amount(#[from] AmountError),
    /// The stated amount is zero.
    #[error("an amount of zero")]
    ZeroAmount,
    /// One thing is stated twice.
    #[error("{0} is stated twice")]
    Repeated(&'static str),
    /// It asks for something that must be understood, and is not known here.
    #[error("it requires something unknown")]
    UnknownRequirement(String),
    /// A parameter that is no UTF-8 text in percent encoding.
    #[error("a damaged parameter")]
    Encoding,
}

impl PaymentRequest {
    /// Reads an address, or a request `bitcoin:address?amount=…&label=…&message=…`. White space around it is forgiven.
    ///
    /// Parameters that are unknown are passed over, as BIP-21 has it, unless their name begins with `req-`.
    pub fn parse(text: &str, network: Network) -> Result<Self, UriError> {
        if text.len() > MAX_LENGTH {
            return Err(UriError::TooLong);
        }
        let (address, parameters) = split(text.trim())?;
        let address = parse_address(address, network)?;
        let mut request = Self { address, amount: None, label: None, message: None };
        let mut seen = BTreeSet::new();
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let known = match decode(name)?.as_str() {
                "amount" => "amount",
                "label" => "label",
                "message" => "message",
                other if other.to_ascii_lowercase().starts_with("req-") => {
                    return Err(UriError::UnknownRequirement(other.to_owned()));
                }
                _ => continue,
            };
            if !seen.insert(known) {
                return Err(UriError::Repeated(known));
            }
            let value = decode(value)?;
            match known {
                "amount" => request.amount = Some(parse_amount(&value)?),
                "label" => request.label = Some(value),
                _ => request.message = Some(value),
            }
        }
        Ok(request)
    }
}

/// Reads an address of this network, of a kind whose coins can be spent: P2PKH, P2SH, P2WPKH, P2WSH, P2TR.
pub fn parse_address(text: &str, network: Network) -> Result<Address, UriError> {
    if text.is_empty() {
        return Err(UriError::NoAddress);
    }
    let address: Address<NetworkUnchecked> = text.parse().map_err(|_| UriError::InvalidAddress)?;
    let address =
        address.require_network(network.into()).map_err(|_| UriError::OtherNetwork { wanted: network })?;
    match payable(&address.script_pubkey()) {
        Payable::Yes => Ok(address),
        Payable::NoKey => Err(UriError::Unspendable),
        Payable::Unknown => Err(UriError::UnknownAddressType),
    }
}

fn split(text: &str) -> Result<(&str, &str), UriError> {
    let Some((scheme, rest)) = text.split_once(':') else { return Ok((text, "")) };
    if !scheme.eq_ignore_ascii_case("bitcoin") {
        return Err(UriError::OtherScheme);
    }
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Ok(rest.split_once('?').unwrap_or((rest, "")))
}

fn parse_amount(text: &str) -> Result<Amount, UriError> {
    let amount = amount::parse(text, Unit::Btc)?;
    if amount == Amount::ZERO { Err(UriError::ZeroAmount) } else { Ok(amount) }
}

fn decode(text: &str) -> Result<String, UriError> {
    percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| UriError::Encoding)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In place of that of BIP-21's examples, which is none: its checksum is wrong.
    const BIP21: &str = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    const TAPROOT: &str = "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr";

    fn parse(text: &str) -> Result<PaymentRequest, UriError> {
        PaymentRequest::parse(text, Network::Mainnet)
    }

    #[test]
    fn the_examples_of_bip_21_are_read() {
        let request = |amount: Option<u64>, label: Option<&str>, message: Option<&str>| PaymentRequest {
            address: BIP21.parse::<Address<_>>().unwrap().assume_checked(),
            amount: amount.map(Amount::from_sat),
            label: label.map(str::to_owned),
            message: message.map(str::to_owned),
        };
        let parse = |rest: &str| parse(&format!("bitcoin:{BIP21}{rest}"));
        assert_eq!(parse(""), Ok(request(None, None, None)));
        assert_eq!(parse("?label=Luke-Jr"), Ok(request(None, Some("Luke-Jr"), None)));
        assert_eq!(
            parse("?amount=20.3&label=Luke-Jr"),
            Ok(request(Some(2_030_000_000), Some("Luke-Jr"), None))
        );
        assert_eq!(
            parse("?amount=50&label=Luke-Jr&message=Donation%20for%20project%20xyz"),
            Ok(request(Some(5_000_000_000), Some("Luke-Jr"), Some("Donation for project xyz")))
        );
        assert_eq!(
            parse("?req-somethingyoudontunderstand=50&req-somethingelseyoudontget=999"),
            Err(UriError::UnknownRequirement("req-somethingyoudontunderstand".into()))
        );
        assert_eq!(
            parse("?somethingyoudontunderstand=50&somethingelseyoudontget=999"),
            Ok(request(None, None, None))
        );
    }

    #[test]
    fn an_address_alone_and_what_a_scanner_makes_of_a_request_are_read() {
        let address: Address = TAPROOT.parse::<Address<_>>().unwrap().assume_checked();
        let upper = TAPROOT.to_uppercase();
        for text in [
            TAPROOT.to_owned(),
            format!("  {TAPROOT}\n"),
            upper.clone(),
            format!("BITCOIN:{upper}?amount=1"),
            format!("bitcoin://{TAPROOT}"),
            format!("bitcoin:{TAPROOT}?lightning=LNBC1&pj=https://example.org/&#top"),
        ] {
            assert_eq!(parse(&text).unwrap().address, address, "{text}");
        }
    }

    #[test]
    fn a_request_that_can_be_misread_is_refused() {
        let refused = |rest: &str| parse(&format!("bitcoin:{TAPROOT}?{rest}")).unwrap_err();
        assert_eq!(refused("amount=1&amount=2"), UriError::Repeated("amount"));
        assert_eq!(refused("label=a&l%61bel=b"), UriError::Repeated("label"));
        assert_eq!(refused("amount=0"), UriError::ZeroAmount);
        assert_eq!(refused("amount=1,5"), UriError::Amount(AmountError::Character(',')));
        assert_eq!(refused("amount="), UriError::Amount(AmountError::Empty));
        assert_eq!(refused("label=%ff"), UriError::Encoding);
        assert_eq!(refused("REQ-pop=x"), UriError::UnknownRequirement("REQ-pop".into()));
    }

    #[test]
    fn what_names_no_address_is_refused() {
        assert_eq!(parse(""), Err(UriError::NoAddress));
        assert_eq!(parse("175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W"), Err(UriError::InvalidAddress));
        assert_eq!(parse("bitcoin:?lightning=lnbc1"), Err(UriError::NoAddress));
        assert_eq!(parse("ethereum:0x00"), Err(UriError::OtherScheme));
        assert_eq!(parse(&TAPROOT.replace("kedrcr", "kedrcx")), Err(UriError::InvalidAddress), "a typo");
        assert_eq!(parse("0x52908400098527886E0F7030069857D2E4169EE7"), Err(UriError::InvalidAddress));
        assert_eq!(parse(&"1".repeat(MAX_LENGTH + 1)), Err(UriError::TooLong));
    }

    #[test]
    fn an_address_that_nobody_may_be_able_to_spend_from_is_refused() {
        for unknown in [
            "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "bc1pfeessrawgf",
        ] {
            assert_eq!(parse(unknown), Err(UriError::UnknownAddressType), "{unknown}");
        }
        let mut script = parse(TAPROOT).unwrap().address.script_pubkey().into_bytes();
        script[2..].fill(0xff);
        let no_key =
            Address::from_script(bitcoin::Script::from_bytes(&script), bitcoin::Network::Bitcoin).unwrap();
        assert_eq!(parse(&no_key.to_string()), Err(UriError::Unspendable));
    }

    #[test]
    fn an_address_of_another_network_is_named_as_such() {
        let testnet = "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c";
        let other = |wanted| Err(UriError::OtherNetwork { wanted });
        assert_eq!(parse_address(testnet, Network::Mainnet), other(Network::Mainnet));
        assert_eq!(parse_address(TAPROOT, Network::Signet), other(Network::Signet));
        assert_eq!(parse_address(testnet, Network::Regtest), other(Network::Regtest));
        assert!(parse_address(testnet, Network::Testnet4).is_ok());
        assert!(parse_address(testnet, Network::Signet).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text: String, rest: String) {
            drop(parse(&text));
            drop(parse(&format!("bitcoin:{TAPROOT}?{rest}")));
        }

        #[test]
        fn a_label_comes_out_as_it_was_put_in(label: String) {
            let encoded = percent_encoding::utf8_percent_encode(&label, percent_encoding::NON_ALPHANUMERIC);
            let text = format!("bitcoin:{TAPROOT}?label={encoded}");
            prop_assume!(text.len() <= MAX_LENGTH);
            prop_assert_eq!(parse(&text).unwrap().label, Some(label));
        }
    }
}
