use std::sync::{Arc, Mutex};

use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Witness, XOnlyPublicKey,
    absolute::LockTime,
    bip32::{DerivationPath, Fingerprint},
    hashes::Hash as _,
    psbt::Psbt,
    transaction::Version,
};
use chains::{
    bitcoin::{self as btc, Account, Keychain, spend::Spend},
    solana::{
        Intent, Network, SolanaAddress, address,
        fee::Priority,
        intent::Payment,
        marker::{Marker, PaymentId},
        message::{Blockhash, Lifetime},
    },
};
use coordinator::{
    Ciphersuite,
    sign::{Completion, KeyPath, Misbehaviour, RequestId, Signable, Signables},
};
use permafrost_tests::{
    cluster::Running,
    puppet::{
        member::{Manners, Member, News},
        sign_wire::{Body, Package},
    },
    solana::accounts::somebody,
};
use serde_json::{Value, json};

use super::scene::{Scene, member, shares};

const COIN: u64 = 100_000;
const SENT: u64 = 60_000;
const CHANGE: u64 = 39_000;

/// A payload as the specification has it, by its number.
fn payload(number: u8, content: &[u8]) -> Vec<u8> {
    postcard::to_extend(content, vec![1, number]).unwrap()
}

fn bitcoin_scene() -> (Scene, Account) {
    let scene = Scene::new(&["secp256k1-tr", "--network", "regtest"]);
    let account = account(&scene.group_key);
    (scene, account)
}

fn account(key: &[u8]) -> Account {
    Account::new(key.try_into().unwrap(), btc::Network::Regtest).unwrap()
}

/// Somebody else's.
fn foreign(account: &Account) -> Account {
    self::account(&account.child_key(Keychain::Change, 3).unwrap())
}

fn script(account: &Account, keychain: Keychain) -> ScriptBuf {
    account.address(keychain, 0).unwrap().script_pubkey()
}

/// Every honest device gave a share of what it was shown, which is none of what was to be stolen.
fn has_shares_of_what_was_shown_only(scene: &Scene, mallory: &mut Member) {
    for (name, _) in scene.devices() {
        mallory.find(|news| shares(news, name));
        mallory.find(|news| match news {
            News::Misbehaved(by, Misbehaviour::BadShare) if by == name => Some(()),
            _ => None,
        });
    }
    assert!(!mallory.look().iter().any(|news| matches!(news, News::Signed(..))), "no share is of the theft");
}

/// Spends a coin of the account at its first address: pays somebody, and the rest to the first change address.
fn spend(account: &Account) -> Psbt {
    let pay = |script_pubkey, sat| TxOut { value: Amount::from_sat(sat), script_pubkey };
    let origins = |keychain, number: u32| {
        let key = account.child_key(keychain, 0).unwrap();
        let key = XOnlyPublicKey::from_slice(&key[1..]).unwrap();
        let path = DerivationPath::from([number.into(), 0.into()].as_slice());
        [(key, (vec![], (Fingerprint::default(), path)))].into()
    };
    let mut psbt = Psbt::from_unsigned_tx(Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![TxIn {
            previous_output: OutPoint::new(Txid::from_byte_array([1; 32]), 0),
            script_sig: ScriptBuf::new(),
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            witness: Witness::new(),
        }],
        output: vec![
            pay(script(&foreign(account), Keychain::Receive), SENT),
            pay(script(account, Keychain::Change), CHANGE),
        ],
    })
    .unwrap();
    psbt.inputs[0].witness_utxo = Some(pay(script(account, Keychain::Receive), COIN));
    psbt.inputs[0].tap_key_origins = origins(Keychain::Receive, 0);
    psbt.outputs[1].tap_key_origins = origins(Keychain::Change, 1);
    psbt
}

/// In the one form in which devices propose it.
fn canonical(account: &Account, psbt: &Psbt) -> Spend {
    Spend::import(account, &psbt.serialize()).unwrap()
}

/// What honest devices sign of it.
fn signables_of(spend: &Spend) -> Signables {
    let signable = |signable: &btc::spend::Signable| Signable {
        message: signable.message.to_vec(),
        key: KeyPath::Taproot { child_tweak: signable.child_tweak },
    };
    Signables::new(Ciphersuite::Secp256k1Tr, spend.signables().iter().map(signable).collect()).unwrap()
}

/// Proposes what no honest device would, which every honest one rejects by itself and can't be told to approve.
fn assert_unreadable(scene: &Scene, mallory: &mut Member, payloads: &[(&str, Vec<u8>)]) {
    let mut running = scene.devices().map(|(_, device)| device.start(&["requests", "--wait", "60"]));
    let mut proposed = Vec::new();
    for (lie, payload) in payloads {
        let request = mallory.propose(payload);
        for (name, _) in scene.devices() {
            mallory.find(|news| match news {
                News::Heard(by, Body::Reject { request: refused, .. }) => {
                    (by == name && *refused == request).then_some(())
                }
                _ => None,
            });
        }
        proposed.push((lie, request.to_string()));
    }
    running.iter_mut().for_each(|running| running.kill());
    for (name, device) in scene.devices() {
        for (lie, request) in &proposed {
            let meaning = &scene.listed(device, request)["meaning"];
            assert_eq!(meaning["kind"], "unreadable", "{name}, {lie}: {meaning}");
        }
        assert_eq!(device.fail(&["approve", &proposed[0].1]).0, "unreadable_signing", "{name}");
    }
    assert_no_shares(mallory);
}

fn assert_no_shares(mallory: &mut Member) {
    let gave = |news: &News| matches!(news, News::Heard(_, Body::Shares(_)));
    assert!(!mallory.look().iter().any(gave), "nobody gave a share");
}

/// As an honest device's, but that what it sends to sign is this.
fn sends(manners: Manners, change: impl Fn(&str, Package) -> Package + Send + 'static) -> Manners {
    Manners {
        say: Box::new(move |to, body| match body {
            Body::Package(package) => vec![Body::Package(change(to, package))],
            other => vec![other],
        }),
        ..manners
    }
}

#[test]
fn a_transaction_that_lies_about_its_change_its_coins_or_amounts_is_rejected_by_every_device_by_itself() {
    let (scene, account) = bitcoin_scene();
    let mut mallory = scene.meet(Manners::honest(|_, _| None));
    let honest = canonical(&account, &spend(&account)).encode();
    let changed = |change: &dyn Fn(&mut Psbt)| {
        let mut psbt = Psbt::deserialize(&honest).unwrap();
        change(&mut psbt);
        psbt.serialize()
    };
    let elsewhere = script(&foreign(&account), Keychain::Change);
    let lies = [
        (
            "change to somebody else, marked as the wallet's own",
            changed(&|psbt| psbt.unsigned_tx.output[1].script_pubkey = elsewhere.clone()),
        ),
        ("more than there is", changed(&|psbt| psbt.unsigned_tx.output[1].value = Amount::from_sat(COIN))),
        (
            "nearly all of it to the miners",
            changed(&|psbt| {
                psbt.inputs[0].witness_utxo.as_mut().unwrap().value = Amount::ONE_BTC;
            }),
        ),
        ("a coin of another wallet", canonical(&foreign(&account), &spend(&foreign(&account))).encode()),
        ("a coin that is not shown", changed(&|psbt| psbt.inputs[0].witness_utxo = None)),
        ("another form", spend(&account).serialize()),
        ("more behind it", [honest.as_slice(), &[0]].concat()),
    ];
    assert_unreadable(&scene, &mut mallory, &lies.map(|(lie, psbt)| (lie, payload(1, &psbt))));
}

#[test]
fn change_that_goes_to_somebody_else_is_shown_as_what_is_paid() {
    let (scene, account) = bitcoin_scene();
    let mut psbt = spend(&account);
    psbt.unsigned_tx.output[1].script_pubkey = script(&foreign(&account), Keychain::Change);
    psbt.outputs[1].tap_key_origins.clear();
    let mut mallory = scene.meet(Manners::honest(|_, _| None));
    let request = mallory.propose(&payload(1, &canonical(&account, &psbt).encode()));
    let mut running = scene.alice.start(&["approve", &request.to_string()]);
    let shown = running.wait_for("request", |_| true)["meaning"].clone();
    running.kill();
    assert_eq!((&shown["sent"], &shown["returned"]), (&json!(SENT + CHANGE), &json!(0)), "{shown}");
    let kinds = shown["outputs"].as_array().unwrap().iter().map(|output| output["target"]["kind"].clone());
    assert_eq!(kinds.collect::<Vec<_>>(), ["address", "address"]);
}

#[test]
fn a_proposer_that_shows_one_transaction_and_signs_another_gets_shares_of_what_it_showed_only() {
    let (scene, account) = bitcoin_scene();
    let mut theft = spend(&account);
    theft.unsigned_tx.output[0].value = Amount::from_sat(SENT + CHANGE);
    theft.unsigned_tx.output.truncate(1);
    theft.outputs.truncate(1);
    let theft = signables_of(&canonical(&account, &theft));
    let mut mallory = scene.meet(Manners::honest(move |_, _| Some(theft.clone())));
    let request = mallory.propose(&payload(1, &canonical(&account, &spend(&account)).encode()));
    let mut running = approving(&scene, request);
    has_shares_of_what_was_shown_only(&scene, &mut mallory);
    running.iter_mut().for_each(|running| running.kill());
}

#[test]
fn a_proposer_that_adds_something_to_a_transaction_is_named_and_gets_no_share() {
    let (scene, account) = bitcoin_scene();
    let shown = canonical(&account, &spend(&account));
    let signables = signables_of(&shown);
    let adds = sends(Manners::honest(move |_, _| Some(signables.clone())), |_, package| Package {
        completion: Some(vec![7; 40]),
        ..package
    });
    let mut mallory = scene.meet(adds);
    let request = mallory.propose(&payload(1, &shown.encode()));
    assert_bad_package(&scene, &mut mallory, request);
}

/// Both devices approve.
fn approving(scene: &Scene, request: RequestId) -> [Running; 2] {
    scene.devices().map(|(_, device)| device.start(&["approve", &request.to_string()]))
}

fn assert_bad_package(scene: &Scene, mallory: &mut Member, request: RequestId) {
    for mut running in approving(scene, request) {
        running.wait_for("progress", |event| event["misbehaved"] == json!(["mallory"]));
        running.kill();
    }
    for (name, device) in scene.devices() {
        let kept = scene.listed(device, &request.to_string());
        assert_eq!(member(&kept, "mallory")["misbehaved"], "badPackage", "{name}: {kept}");
    }
    assert_no_shares(mallory);
}

fn solana_scene() -> (Scene, SolanaAddress) {
    let scene = Scene::new(&["ed25519"]);
    let payer = address(&scene.group_key.as_slice().try_into().unwrap()).unwrap();
    (scene, payer)
}

fn intent(payer: SolanaAddress, network: Network) -> Intent {
    let payment = Payment::Sol { to: somebody(), lamports: 1_250_000_000 };
    let priority = Priority::new(payment.units(None), 700).unwrap();
    let marker = Marker::new(PaymentId::from_bytes(rand::random()), 890_880).unwrap();
    Intent::new(payer, network, payment, None, priority, marker).unwrap()
}

fn block(seed: u8) -> Completion {
    let lifetime = Lifetime { blockhash: Blockhash::from_bytes([seed; 32]), last_valid_block_height: 1_000 };
    lifetime.to_bytes().to_vec().try_into().unwrap()
}

/// Of a device that has a block to begin with, and signs what it proposes with whatever block.
fn paying(intent: &Intent) -> Manners {
    let intent = intent.clone();
    let manners = Manners::honest(move |_, completion| {
        let message = intent.message(Lifetime::from_bytes(completion?.as_bytes())?.blockhash);
        Signables::new(Ciphersuite::Ed25519, vec![Signable { message, key: KeyPath::Group }]).ok()
    });
    Manners { completion: Some(block(7)), ..manners }
}

/// That the named device does not sign what it was sent.
fn refuses(name: &str) -> impl Fn(&News) -> Option<()> {
    const REFUSED: u32 = 1;
    move |news| match news {
        News::Heard(by, Body::Declined { why: REFUSED, .. }) if by == name => Some(()),
        _ => None,
    }
}

#[test]
fn a_payment_of_another_network_or_form_is_rejected_by_every_device_by_itself() {
    let (scene, payer) = solana_scene();
    let own = intent(payer, Network::Mainnet);
    let mut mallory = scene.meet(paying(&own));
    let honest = own.encode();
    let lies = [
        ("another network", intent(payer, Network::Devnet).encode()),
        ("more behind it", [honest.as_slice(), &[0]].concat()),
        ("less", honest[..honest.len() - 1].to_vec()),
        ("a transaction", own.message(Blockhash::from_bytes([7; 32]))),
    ];
    assert_unreadable(&scene, &mut mallory, &lies.map(|(lie, intent)| (lie, payload(2, &intent))));
    mallory.kill();
    let mut mallory = scene.meet(Manners { completion: None, ..paying(&own) });
    assert_unreadable(&scene, &mut mallory, &[("one that lacks no block", payload(2, &honest))]);
}

#[test]
fn a_payment_that_is_completed_by_no_block_is_signed_by_nobody() {
    let (scene, payer) = solana_scene();
    let own = intent(payer, Network::Mainnet);
    let transaction = own.message(Blockhash::from_bytes([7; 32]))[..64].to_vec();
    for completion in [vec![1], vec![7; 39], vec![7; 41], transaction] {
        let length = completion.len();
        let manners = sends(paying(&own), move |_, package| Package {
            completion: Some(completion.clone()),
            ..package
        });
        let mut mallory = scene.meet(manners);
        let request = mallory.propose(&payload(2, &intent(payer, Network::Mainnet).encode()));
        let mut running = approving(&scene, request);
        for (name, _) in scene.devices() {
            mallory.find(refuses(name));
        }
        assert_no_shares(&mut mallory);
        mallory.kill();
        running.iter_mut().for_each(|running| running.kill());
        let kept = scene.listed(&scene.alice, &request.to_string());
        assert_eq!(kept["state"]["state"], "open", "{length} bytes: nothing is signed: {kept}");
    }

    let none = sends(paying(&own), |_, package| Package { completion: None, ..package });
    let mut mallory = scene.meet(none);
    let request = mallory.propose(&payload(2, &own.encode()));
    assert_bad_package(&scene, &mut mallory, request);
}

#[test]
fn a_device_that_signed_a_payment_with_one_block_signs_it_with_no_other_even_after_it_was_killed() {
    let (scene, payer) = solana_scene();
    let own = intent(payer, Network::Mainnet);
    let first = Arc::new(Mutex::new(None));
    let turn = first.clone();
    let other_block = sends(paying(&own), move |_, package| {
        let mut first = first.lock().unwrap();
        match first.get_or_insert_with(|| package.turn.clone()) == &package.turn {
            true => package,
            false => Package { completion: Some(block(8).as_bytes().to_vec()), ..package },
        }
    });
    let manners = Manners {
        hears: Box::new(move |_, body| match body {
            Body::Shares(shares) => Some(&shares.turn) != turn.lock().unwrap().as_ref(),
            _ => true,
        }),
        ..other_block
    };
    let mut mallory = scene.meet(manners);
    let request = mallory.propose(&payload(2, &own.encode()));
    let mut alice = scene.alice.start(&["approve", &request.to_string()]);
    mallory.approve(request);
    mallory.find(|news| shares(news, "alice"));
    alice.kill();

    let mut alice = scene.alice.start(&["approve", &request.to_string()]);
    mallory.find(refuses("alice"));
    alice.kill();
    let given = mallory.look().iter().filter_map(|news| shares(news, "alice")).count();
    assert_eq!(given, 1, "with the first block only");
}

#[test]
fn a_proposer_that_shows_one_payment_and_signs_another_gets_no_signature_of_it() {
    let (scene, payer) = solana_scene();
    let (shown, theft) = (intent(payer, Network::Mainnet), intent(payer, Network::Mainnet));
    let mut mallory = scene.meet(paying(&theft));
    let request = mallory.propose(&payload(2, &shown.encode()));
    let mut running = approving(&scene, request);
    for running in &mut running {
        let asked = running.wait_for("request", |_| true);
        assert_eq!(asked["meaning"]["to"], shown.payment().to().to_string(), "what is read");
    }
    has_shares_of_what_was_shown_only(&scene, &mut mallory);
    for (name, _) in scene.devices() {
        let outcome = Body::Outcome {
            request,
            completion: Some(block(7).as_bytes().to_vec()),
            signatures: vec![1; 64],
        };
        mallory.say(name, outcome);
    }
    for running in &mut running {
        running.wait_for("progress", |event| event["misbehaved"] == json!(["mallory"]));
        running.kill();
    }
    let kept = scene.listed(&scene.bob, &request.to_string());
    assert_eq!(member(&kept, "mallory")["misbehaved"], "badOutcome", "{kept}");
    assert_eq!(member(&kept, "alice")["misbehaved"], Value::Null, "{kept}");
}
