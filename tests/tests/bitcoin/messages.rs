//! Signed messages, read by a program that is not ours.

use jsonrpc::arg;
use serde_json::Value;

use crate::psbt::Purse;

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_nodes_own_verifier_accepts_what_two_of_three_signed_and_nothing_else() {
    let purse = Purse::with(&[]);
    let [alice, bob, _] = &purse.devices;
    let message = "We meet at noon.";
    let mut proposing = alice.start(&["sign", "Coins", "--message", message]);
    let request = proposing.wait_for("proposed", |_| true)["request"].as_str().unwrap().to_owned();
    let mut approving = bob.start(&["approve", &request]);
    let signed = proposing.wait_for("signed", |_| true)["signed_message"].clone();
    assert!(proposing.ended().success() && approving.ended().success());

    assert_eq!(signed["scheme"], "bip322-simple");
    let (signer, signature) = (signed["signer"].as_str().unwrap(), signed["signature"].as_str().unwrap());
    // The node is of the time before signatures had a prefix that tells their kind.
    let signature = signature.strip_prefix("smp").unwrap();
    let verify = |address: &str, message: &str| {
        purse.node.try_call::<Value>("verifymessage", &[arg(address), arg(signature), arg(message)])
    };
    assert_eq!(verify(signer, message).unwrap(), true, "{signed}");
    assert_ne!(verify(signer, "We meet at one.").ok(), Some(true.into()));
    let other = purse.new_address();
    let other = if other == signer { purse.new_address() } else { other };
    assert_ne!(verify(&other, message).ok(), Some(true.into()), "another address of the same wallet");
}
