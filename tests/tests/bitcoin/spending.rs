//! Spending: what the watch-only wallet builds and the decoder lets through, the node accepts and mines.

use bitcoin::{Amount, FeeRate, Txid, consensus::encode::serialize_hex};
use chains::bitcoin::{
    spend::Spend,
    wallet::{Balance, Coins, FeePayer, Position, Recipients},
};
use jsonrpc::arg;
use rand::rngs::OsRng;
use serde_json::{Value, json};

use crate::purse::Purse;

const ONE: u64 = 100_000_000;

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_payment_is_mined_and_its_change_comes_back() {
    let mut purse = Purse::with(&[ONE, 2 * ONE]);
    assert_eq!(purse.watch.balance().confirmed.to_sat(), 3 * ONE);
    purse.check_balance();

    let spend = purse.pay(ONE + ONE / 2).unwrap();
    let txid = purse.send(&spend).unwrap();
    assert_eq!(txid, spend.txid());
    assert_eq!(
        purse.watch.history()[0].position,
        Position::Pending { first_seen: Some(pending_since(&purse)) }
    );
    purse.check_balance();

    purse.mine();
    purse.check_balance();
    let found = purse.mined(txid);
    assert_eq!(found["confirmations"], 1);
    assert_eq!(
        found["decoded"]["weight"].as_u64(),
        Some(spend.weight().to_wu()),
        "as it was said before signing"
    );
    let entry = &purse.watch.history()[0];
    assert!(matches!(entry.position, Position::Confirmed { confirmations: 1, .. }));
    assert_eq!((entry.txid, entry.fee, entry.received), (txid, Some(spend.fee()), spend.returned()));
    let left = 3 * ONE - (ONE + ONE / 2) - spend.fee().to_sat();
    assert_eq!(purse.watch.balance().confirmed.to_sat(), left);

    let again = purse.pay(ONE).unwrap();
    assert!(again.coins().iter().any(|coin| coin.outpoint.txid == txid), "the change is spent in turn");
    purse.send(&again).unwrap();
    purse.mine();
    purse.check_balance();
}

fn pending_since(purse: &Purse) -> u64 {
    match purse.watch.history()[0].position {
        Position::Pending { first_seen } => first_seen.unwrap(),
        Position::Confirmed { .. } => panic!("it is in a block"),
    }
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_replacement_with_a_higher_fee_takes_the_place_of_the_first() {
    let mut purse = Purse::with(&[ONE, 2 * ONE]);
    let first = purse.pay(ONE / 2).unwrap();
    purse.watch.reserve(&first);
    purse.send(&first).unwrap();
    let rate = FeeRate::from_sat_per_vb_u32(30);
    let second = purse.watch.bump(first.txid(), rate, FeePayer::Wallet, &mut OsRng).unwrap();
    assert_eq!(second.sent(), first.sent());
    purse.send(&second).unwrap();
    let pending: Vec<Txid> = purse.node.call("getrawmempool", &[]);
    assert_eq!(pending, [second.txid()], "the node has dropped the first");
    purse.check_balance();
    purse.mine();
    purse.check_balance();
    assert_eq!(purse.watch.history()[0].txid, second.txid());
    assert!(purse.watch.history().iter().all(|entry| entry.txid != first.txid()));
    assert!(purse.send(&first).is_err(), "its coins are spent");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn sending_all_empties_the_wallet_and_the_recipient_can_pay_to_hurry_it() {
    let mut purse = Purse::with(&[ONE, 40_000, 700]);
    let to = purse.miners_address();
    let all = purse.build(Recipients::All(to), Coins::Automatic).unwrap();
    purse.send(&all).unwrap();
    let rate = FeeRate::from_sat_per_vb_u32(20);
    let faster = purse.watch.bump(all.txid(), rate, FeePayer::Recipient, &mut OsRng).unwrap();
    assert!(faster.sent() < all.sent());
    purse.send(&faster).unwrap();
    purse.check_balance();
    purse.mine();
    assert_eq!(purse.watch.balance(), Balance::default());
    purse.check_balance();
    assert_eq!(purse.mined(faster.txid())["confirmations"], 1);
    assert!(purse.pay(1_000).is_err(), "nothing is left");
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn twenty_coins_are_spent_in_one_transaction() {
    let amounts: Vec<u64> = (1..=20).map(|i| i * 10_000).collect();
    let mut purse = Purse::with(&amounts);
    let coins: Vec<_> = purse.watch.unspent().iter().map(|coin| coin.outpoint).collect();
    assert_eq!(coins.len(), 20);
    let to = vec![(purse.miners_address(), Amount::from_sat(1_500_000))];
    let spend = purse.build(Recipients::Amounts(to), Coins::Only(coins)).unwrap();
    assert_eq!((spend.coins().len(), spend.spent().to_sat()), (20, 2_100_000));
    purse.send(&spend).unwrap();
    purse.mine();
    assert_eq!(purse.watch.balance().confirmed, spend.returned());
    purse.check_balance();
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn payments_from_others_count_as_pending_until_they_are_mined() {
    let mut purse = Purse::with(&[ONE]);
    purse.receive(ONE / 4);
    let pending: Vec<Txid> = purse.node.call("getrawmempool", &[]);
    let hex: String = purse.node.call("getrawtransaction", &[arg(pending[0])]);
    let transaction: bitcoin::Transaction = bitcoin::consensus::encode::deserialize_hex(&hex).unwrap();
    purse.watch.pending([(transaction.into(), 1)]).unwrap();
    assert_eq!(purse.watch.balance().others_pending.to_sat(), ONE / 4);
    purse.check_balance();
    purse.mine();
    assert_eq!(purse.watch.balance().confirmed.to_sat(), ONE + ONE / 4);
    purse.check_balance();
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_payment_whose_block_is_replaced_is_pending_again_until_it_is_mined_anew() {
    let mut purse = Purse::with(&[ONE]);
    let spend = purse.pay(ONE / 2).unwrap();
    purse.send(&spend).unwrap();
    purse.mine();
    let best: bitcoin::BlockHash = purse.node.call("getbestblockhash", &[]);
    purse.node.call::<Value>("invalidateblock", &[arg(best)]);
    let elsewhere = purse.miners_address().to_string();
    purse.node.call::<Value>("generateblock", &[arg(elsewhere), arg(json!([]))]);
    purse.read_blocks();
    assert!(matches!(purse.watch.history()[0].position, Position::Pending { .. }));
    assert_eq!(
        (purse.watch.balance().confirmed, purse.watch.balance().own_pending),
        (Amount::ZERO, spend.returned())
    );
    purse.check_balance();
    purse.mine();
    assert!(matches!(purse.watch.history()[0].position, Position::Confirmed { confirmations: 1, .. }));
    purse.check_balance();
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_psbt_that_bitcoin_core_made_is_imported_signed_and_mined() {
    let mut purse = Purse::with(&[ONE, ONE]);
    let to = purse.miners_address().to_string();
    let options = json!({ "fee_rate": 4, "replaceable": true });
    let made = purse.watching(
        "walletcreatefundedpsbt",
        &[arg(json!([])), arg(json!({ to: 1.5 })), arg(0), arg(options), arg(true)],
    );
    let spend = Spend::import(purse.watch.account(), made["psbt"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(spend.sent().to_sat(), ONE + ONE / 2);
    assert_eq!(Amount::from_btc(made["fee"].as_f64().unwrap()).unwrap(), spend.fee());
    assert_eq!(spend.sent() + spend.returned() + spend.fee(), spend.spent(), "its change is known as ours");
    purse.send(&spend).unwrap();
    purse.mine();
    purse.check_balance();
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn bitcoin_core_reads_our_proposals_and_knows_the_keys_in_them() {
    let mut purse = Purse::with(&[ONE, ONE]);
    let spend = purse.pay(ONE + 5).unwrap();
    let text = bitcoin::Psbt::deserialize(&spend.encode()).unwrap().to_string();
    let read: Value = purse.node.call("decodepsbt", &[arg(&text)]);
    assert_eq!(Amount::from_btc(read["fee"].as_f64().unwrap()).unwrap(), spend.fee());
    assert_eq!(read["tx"]["txid"], spend.txid().to_string());
    for (coin, read) in spend.coins().iter().zip(read["inputs"].as_array().unwrap()) {
        let path = format!("m/{}/{}", coin.place.keychain as u32, coin.place.index);
        assert_eq!(read["taproot_bip32_derivs"][0]["path"], path, "{read}");
        let address = purse.watch.account().address(coin.place.keychain, coin.place.index).unwrap();
        let info = purse.watching("getaddressinfo", &[arg(address.to_string())]);
        assert_eq!(info["ismine"], true, "{info}");
        assert_eq!(info["scriptPubKey"], read["witness_utxo"]["scriptPubKey"]["hex"]);
    }
}

#[test]
#[ignore = "needs bitcoind; run by `cargo xtask test bitcoin`"]
fn a_coin_whose_amount_was_lied_about_cannot_be_spent() {
    let mut purse = Purse::with(&[ONE]);
    let spend = purse.pay(ONE / 2).unwrap();
    let mut psbt = bitcoin::Psbt::deserialize(&spend.encode()).unwrap();
    psbt.inputs[0].witness_utxo.as_mut().unwrap().value -= Amount::from_sat(1_000);
    let lie = Spend::decode(purse.watch.account(), &psbt.serialize());
    assert!(lie.is_err(), "the fee would be negative");
    psbt.inputs[0].witness_utxo.as_mut().unwrap().value += Amount::from_sat(2_000);
    let signed = purse.sign(&psbt.serialize());
    let refusal =
        purse.node.try_call::<Txid>("sendrawtransaction", &[arg(serialize_hex(&signed))]).unwrap_err();
    assert!(format!("{refusal:?}").contains("Invalid Schnorr signature"), "{refusal:?}");
}
