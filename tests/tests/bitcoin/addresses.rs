//! Addresses: the node derives the same ones, and the group can spend from each.

use std::collections::BTreeSet;

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, TapSighashType, Transaction, TxIn, TxOut, Txid, Witness,
    absolute::LockTime,
    consensus::encode::serialize_hex,
    hashes::Hash as _,
    secp256k1::{Secp256k1, SecretKey},
    sighash::{Prevouts, SighashCache},
    transaction::Version,
};
use chains::bitcoin::{Account, Keychain, Network};
use jsonrpc::arg;
use permafrost_tests::bitcoind::Bitcoind;
use serde_json::{Value, json};

use crate::group::Group;

const KEYCHAINS: [Keychain; 2] = [Keychain::Receive, Keychain::Change];

/// BIP-328's vectors, and random keys of both parities.
fn keys() -> Vec<[u8; 33]> {
    let secp = Secp256k1::new();
    let random = || SecretKey::new(&mut rand::thread_rng()).public_key(&secp).serialize();
    let of_parity = |first: u8| std::iter::repeat_with(random).filter(move |key| key[0] == first).take(4);
    let published = [
        "0354240c76b8f2999143301a99c7f721ee57eee0bce401df3afeaa9ae218c70f23",
        "0290539eede565f5d054f32cc0c220126889ed1e5d193baf15aef344fe59d4610c",
        "022479f134cdb266141dab1a023cbba30a870f8995b95a91fc8464e56a7d41f8ea",
    ];
    let published = published.map(|text| text.parse::<bitcoin::PublicKey>().unwrap().inner.serialize());
    published.into_iter().chain(of_parity(2)).chain(of_parity(3)).collect()
}

fn text(address: &bitcoin::Address) -> String {
    address.to_string()
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn bitcoin_core_derives_the_addresses_that_we_show() {
    let node = Bitcoind::start();
    for key in keys() {
        let account = Account::new(&key, Network::Regtest).unwrap();
        let info: Value = node.call("getdescriptorinfo", &[arg(account.descriptor())]);
        let (_, checksum) =
            account.descriptor().rsplit_once('#').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        assert_eq!(info["checksum"], checksum.as_str(), "BIP-380 checksum of {}", account.descriptor());
        for keychain in KEYCHAINS {
            for first in [0, 1_000_000, (1 << 31) - 3] {
                let range = json!([first, first + 2]);
                let derived: Vec<String> =
                    node.call("deriveaddresses", &[arg(account.keychain_descriptor(keychain)), arg(range)]);
                let ours = [0, 1, 2].map(|i| text(&account.address(keychain, first + i).unwrap()));
                assert_eq!(derived, ours, "{keychain:?} from {first} of {account:?}");
            }
        }
    }
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_wallet_that_imports_the_descriptor_hands_out_the_addresses_that_we_show() {
    let node = Bitcoind::start();
    for (i, key) in keys().into_iter().enumerate() {
        let account = Account::new(&key, Network::Regtest).unwrap();
        let wallet = format!("watch-{i}");
        node.call::<Value>("createwallet", &[arg(&wallet), arg(true), arg(true)]);
        let request =
            json!([{ "desc": account.descriptor(), "active": true, "timestamp": "now", "range": [0, 20] }]);
        let imported: Value = node.wallet_call(&wallet, "importdescriptors", &[arg(request)]);
        assert_eq!(imported[0]["success"], true, "{imported}");
        for index in 0..5 {
            let receive: String = node.wallet_call(&wallet, "getnewaddress", &[arg(""), arg("bech32m")]);
            assert_eq!(receive, text(&account.address(Keychain::Receive, index).unwrap()));
            let change: String = node.wallet_call(&wallet, "getrawchangeaddress", &[arg("bech32m")]);
            assert_eq!(change, text(&account.address(Keychain::Change, index).unwrap()));
        }
        let mined: Vec<String> = node
            .call("generatetoaddress", &[arg(1), arg(text(&account.address(Keychain::Receive, 2).unwrap()))]);
        assert_eq!(mined.len(), 1);
        let balances: Value = node.wallet_call(&wallet, "getbalances", &[]);
        assert!(
            balances["mine"]["immature"].as_f64().unwrap() > 0.0,
            "the watching wallet sees the coins: {balances}"
        );
    }
}

/// One coin of a group at one of its addresses.
struct Coin {
    group: Group,
    account: Account,
    keychain: Keychain,
    index: u32,
}

impl Coin {
    /// The parities that the way from the shares to the output goes through: of the group's key, of the child's key, and of
    /// the output's key.
    fn parities(&self) -> [bool; 3] {
        let child = self.account.child_key(self.keychain, self.index).unwrap();
        let child_key = bitcoin::secp256k1::PublicKey::from_slice(&child).unwrap();
        let internal = bitcoin::key::UntweakedPublicKey::from(child_key);
        let (_, output) = bitcoin::key::TapTweak::tap_tweak(internal, &Secp256k1::new(), None);
        [self.group.key()[0] == 3, child[0] == 3, output == bitcoin::secp256k1::Parity::Odd]
    }

    fn address(&self) -> bitcoin::Address {
        self.account.address(self.keychain, self.index).unwrap()
    }

    /// Spends the coin to `target`; signed by two of the group's three devices.
    fn spend(&self, outpoint: OutPoint, amount: Amount, target: ScriptBuf, tweak: &[u8; 32]) -> Transaction {
        let mut transaction = Transaction {
            version: Version::TWO,
            lock_time: LockTime::ZERO,
            input: vec![TxIn {
                previous_output: outpoint,
                script_sig: ScriptBuf::new(),
                sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
                witness: Witness::new(),
            }],
            output: vec![TxOut { value: amount - Amount::from_sat(1000), script_pubkey: target }],
        };
        let spent = [TxOut { value: amount, script_pubkey: self.address().script_pubkey() }];
        let sighash = SighashCache::new(&transaction)
            .taproot_key_spend_signature_hash(0, &Prevouts::All(&spent), TapSighashType::Default)
            .unwrap();
        let signature = self.group.derive(tweak).sign_taproot(sighash.as_byte_array());
        transaction.input[0].witness = Witness::from_slice(&[signature]);
        transaction
    }
}

/// Coins of random groups, until every combination of parities is among them.
fn coins() -> Vec<Coin> {
    let mut coins = Vec::new();
    let mut seen = BTreeSet::new();
    for index in 0..200 {
        for keychain in KEYCHAINS {
            let group = Group::generate();
            let account = Account::new(&group.key(), Network::Regtest).unwrap();
            let coin = Coin { group, account, keychain, index: index * 7919 };
            if seen.insert((coin.parities(), keychain as u8)) {
                coins.push(coin);
            }
        }
        if seen.len() == 16 {
            break;
        }
    }
    assert_eq!(seen.len(), 16, "three parities, on both keychains");
    coins
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn the_group_can_spend_from_every_address_that_we_show() {
    let node = Bitcoind::start();
    let coins = coins();
    let amount = Amount::from_sat(100_000_000);
    let outputs: Value =
        coins.iter().map(|coin| (text(&coin.address()), json!(1))).collect::<serde_json::Map<_, _>>().into();
    let funding: Txid = node.wallet_call("miner", "sendmany", &[arg(""), arg(outputs)]);
    node.mine(1);
    let hex: Value = node.wallet_call("miner", "gettransaction", &[arg(funding)]);
    let funding_transaction: Transaction =
        bitcoin::consensus::encode::deserialize_hex(hex["hex"].as_str().unwrap()).unwrap();
    let target: String = node.wallet_call("miner", "getnewaddress", &[]);
    let target = target.parse::<bitcoin::Address<_>>().unwrap().assume_checked().script_pubkey();

    let mut spends = Vec::new();
    for coin in &coins {
        let script = coin.address().script_pubkey();
        let position =
            funding_transaction.output.iter().position(|output| output.script_pubkey == script).unwrap();
        let outpoint = OutPoint::new(funding, position.try_into().unwrap());

        let other_tweak = coin.account.child_tweak(coin.keychain, coin.index + 1).unwrap();
        let wrong = coin.spend(outpoint, amount, target.clone(), &other_tweak);
        let refusal = node.try_call::<Txid>("sendrawtransaction", &[arg(serialize_hex(&wrong))]).unwrap_err();
        assert!(
            format!("{refusal:?}").contains("Invalid Schnorr signature"),
            "another child's tweak: {refusal:?}"
        );

        let tweak = coin.account.child_tweak(coin.keychain, coin.index).unwrap();
        let right = coin.spend(outpoint, amount, target.clone(), &tweak);
        let sent = node.try_call::<Txid>("sendrawtransaction", &[arg(serialize_hex(&right))]);
        spends.push(sent.unwrap_or_else(|error| panic!("{:?}: {error:?}", coin.parities())));
    }
    node.mine(1);
    for spend in spends {
        let found: Value = node.wallet_call("miner", "gettransaction", &[arg(spend)]);
        assert_eq!(found["confirmations"], 1, "mined");
    }
}
