use std::sync::Arc;

use bdk_wallet::chain::{ConfirmationBlockTime, TxUpdate};
use bitcoin::{
    BlockHash, FeeRate, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Witness,
    absolute::{LOCK_TIME_THRESHOLD, LockTime},
    hashes::Hash as _,
    transaction::Version,
};
use rand_core::OsRng;

use super::*;
use crate::bitcoin::{
    Network,
    spend::{MAX_ENCODED, SpendError},
    testing::{CHANGE, RECEIVE, account, key, place, stranger},
};

const RATE: FeeRate = FeeRate::from_sat_per_vb_u32(5);

fn sats(amount: u64) -> Amount {
    Amount::from_sat(amount)
}

fn transaction(from: OutPoint, paid: &[(Place, u64)]) -> Transaction {
    let output = |(place, amount): &(Place, u64)| TxOut {
        value: sats(*amount),
        script_pubkey: account().taproot(*place).unwrap().script,
    };
    Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: vec![TxIn {
            previous_output: from,
            script_sig: ScriptBuf::new(),
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            witness: Witness::new(),
        }],
        output: paid.iter().map(output).collect(),
    }
}

/// Coins of these amounts from somebody else, at these places.
fn payment(nonce: u8, paid: &[(Place, u64)]) -> Transaction {
    transaction(OutPoint::new(Txid::from_byte_array([nonce; 32]), 0), paid)
}

fn block(height: u32) -> BlockId {
    BlockId { height, hash: BlockHash::hash(&height.to_be_bytes()) }
}

/// What a source says that has put these transactions into the block at this height.
fn mined(watch: &WatchOnly, height: u32, transactions: &[Transaction]) -> Update {
    let mut tx_update = TxUpdate::default();
    for transaction in transactions {
        let anchor = ConfirmationBlockTime { block_id: block(height), confirmation_time: 1_000_000 };
        tx_update.anchors.insert((anchor, transaction.compute_txid()));
        tx_update.txs.push(Arc::new(transaction.clone()));
    }
    let chain = Some(watch.tip().push(block(height)).unwrap());
    Update { tx_update, chain, ..Update::default() }
}

fn watch() -> WatchOnly {
    WatchOnly::new(account()).unwrap()
}

/// A wallet with confirmed coins of these amounts at its first addresses, at height 100.
fn funded(amounts: &[u64]) -> WatchOnly {
    let mut watch = watch();
    let paid: Vec<_> = (0..).zip(amounts).map(|(i, amount)| (place(RECEIVE, i % 40), *amount)).collect();
    let update = mined(&watch, 100, &[payment(1, &paid)]);
    watch.apply(update).unwrap();
    watch
}

fn pay(amounts: &[(Address, u64)]) -> Payment {
    let amounts = amounts.iter().map(|(address, amount)| (address.clone(), sats(*amount))).collect();
    Payment { recipients: Recipients::Amounts(amounts), fee_rate: RATE, coins: Coins::Automatic }
}

fn all_to(address: Address, coins: Coins) -> Payment {
    Payment { recipients: Recipients::All(address), fee_rate: RATE, coins }
}

fn sign(spend: &Spend) -> Transaction {
    let signatures: Vec<_> = spend.signables().iter().map(|signable| key().sign(signable)).collect();
    spend.finalize(&signatures).unwrap()
}

fn send(watch: &mut WatchOnly, spend: &Spend, now: u64) {
    watch.pending([(Arc::new(sign(spend)), now)]).unwrap();
}

#[test]
fn a_payment_is_built_and_every_device_reads_it_alike() {
    let mut watch = funded(&[60_000, 50_000]);
    let spend = watch.build(&pay(&[(stranger(), 80_000)]), &mut OsRng).unwrap();
    assert_eq!(Spend::decode(&account(), &spend.encode()), Ok(spend.clone()));
    assert_eq!(spend.sent(), sats(80_000));
    assert_eq!(spend.returned(), sats(30_000) - spend.fee());
    assert!(spend.outputs().iter().any(|output| output.target == Target::Change { index: 0 }));
    assert!(spend.is_replaceable());
    assert!(
        spend.fee_rate() >= RATE && spend.fee_rate() < FeeRate::from_sat_per_vb_u32(6),
        "{}",
        spend.fee()
    );
    assert_eq!(spend.locked_until().map(LockTime::to_consensus_u32), Some(100), "against fee sniping");
}

#[test]
fn what_is_sent_shows_in_balance_and_history_with_its_fee() {
    let mut watch = funded(&[60_000, 50_000]);
    assert_eq!(watch.balance().confirmed, sats(110_000));
    let spend = watch.build(&pay(&[(stranger(), 80_000)]), &mut OsRng).unwrap();
    send(&mut watch, &spend, 2_000_000);
    let balance = watch.balance();
    assert_eq!((balance.confirmed, balance.own_pending), (Amount::ZERO, spend.returned()));

    let history = watch.history();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].txid, spend.txid(), "what is in no block comes first");
    assert_eq!((history[0].spent, history[0].received), (sats(110_000), spend.returned()));
    assert_eq!(history[0].fee, Some(spend.fee()));
    assert_eq!(history[0].paid, [(stranger(), sats(80_000))]);
    assert_eq!(history[0].position, Position::Pending { first_seen: Some(2_000_000) });
    assert!(history[0].is_replaceable && !history[1].is_replaceable);
    assert_eq!((history[1].spent, history[1].received), (Amount::ZERO, sats(110_000)));
    assert_eq!(history[1].position, Position::Confirmed { height: 100, time: 1_000_000, confirmations: 1 });
    assert_eq!(history[1].fee, None, "of coins that are not this wallet's");

    let update = mined(&watch, 103, &[sign(&spend)]);
    watch.apply(update).unwrap();
    let history = watch.history();
    assert_eq!(history[0].position, Position::Confirmed { height: 103, time: 1_000_000, confirmations: 1 });
    assert!(matches!(history[1].position, Position::Confirmed { confirmations: 4, .. }));
    assert!(!history[0].is_replaceable);
    assert_eq!(watch.balance().confirmed, spend.returned());
    assert_eq!(watch.transaction(spend.txid()), Some(sign(&spend)));
}

#[test]
fn sending_all_leaves_nothing() {
    let mut watch = funded(&[60_000, 50_000, 700]);
    let spend = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap();
    assert_eq!(spend.coins().len(), 3);
    assert_eq!(spend.outputs().len(), 1);
    assert_eq!(spend.sent(), sats(110_700) - spend.fee());
    send(&mut watch, &spend, 1);
    assert_eq!(watch.balance(), Balance::default());
}

#[test]
fn chosen_coins_are_spent_and_no_others() {
    let mut watch = funded(&[60_000, 50_000, 40_000]);
    let chosen = watch.unspent()[1].clone();
    let only = Coins::Only(vec![chosen.outpoint]);
    let spend = watch.build(&all_to(stranger(), only.clone()), &mut OsRng).unwrap();
    assert_eq!(spend.coins().iter().map(|coin| coin.outpoint).collect::<Vec<_>>(), [chosen.outpoint]);
    let much = Payment { coins: only, ..pay(&[(stranger(), 100_000)]) };
    let refused = watch.build(&much, &mut OsRng).unwrap_err();
    assert!(matches!(refused, BuildError::Insufficient { .. }), "{refused}");
    let unknown = OutPoint::new(Txid::all_zeros(), 1);
    let refused = watch.build(&all_to(stranger(), Coins::Only(vec![unknown])), &mut OsRng);
    assert_eq!(refused, Err(BuildError::UnknownCoin(unknown)));
}

#[test]
fn reserved_coins_are_left_alone_until_they_are_released() {
    let mut watch = funded(&[60_000, 50_000]);
    let first =
        watch.build(&all_to(stranger(), Coins::Only(vec![watch.unspent()[0].outpoint])), &mut OsRng).unwrap();
    watch.reserve(&first);
    assert_eq!(watch.balance().reserved, first.spent());
    let second = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap();
    assert_eq!(second.spent(), sats(110_000) - first.spent());
    let reserved = first.coins()[0].outpoint;
    let refused = watch.build(&all_to(stranger(), Coins::Only(vec![reserved])), &mut OsRng);
    assert_eq!(refused, Err(BuildError::ReservedCoin(reserved)));
    watch.release(&first);
    let again = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap();
    assert_eq!(again.spent(), sats(110_000));
}

#[test]
fn two_proposals_get_two_change_addresses_and_a_released_one_is_used_again() {
    let mut watch = funded(&[60_000, 50_000]);
    let change = |spend: &Spend| own_outputs(spend).map(|place| place.index).next().unwrap();
    let first = watch.build(&pay(&[(stranger(), 30_000)]), &mut OsRng).unwrap();
    watch.reserve(&first);
    let second = watch.build(&pay(&[(stranger(), 30_000)]), &mut OsRng).unwrap();
    watch.reserve(&second);
    assert_eq!((change(&first), change(&second)), (0, 1));
    watch.release(&first);
    assert_eq!(change(&watch.build(&pay(&[(stranger(), 30_000)]), &mut OsRng).unwrap()), 0);
}

#[test]
fn drafts_use_up_no_addresses() {
    let mut watch = funded(&[60_000, 50_000]);
    for amount in 0..100 {
        let spend = watch.build(&pay(&[(stranger(), 30_000 + amount)]), &mut OsRng).unwrap();
        assert!(own_outputs(&spend).eq([place(CHANGE, 0)]), "{spend:?}");
    }
    let spend = watch.build(&pay(&[(stranger(), 30_000)]), &mut OsRng).unwrap();
    watch.reserve(&spend);
    send(&mut watch, &spend, 1);
    watch.release(&spend);
    let next = watch.build(&pay(&[(stranger(), 10_000)]), &mut OsRng).unwrap();
    assert!(own_outputs(&next).eq([place(CHANGE, 1)]), "what is used stays used: {next:?}");
}

#[test]
fn the_change_of_a_transaction_that_another_device_built_is_watched() {
    let psbt = crate::bitcoin::testing::psbt(
        &[(place(RECEIVE, 0), 60_000)],
        &[(crate::bitcoin::testing::To::Own(place(CHANGE, 400)), 59_000)],
    );
    let spend = Spend::decode(&account(), &psbt.serialize()).unwrap();
    let mut watch = funded(&[60_000]);
    watch.reserve(&spend);
    assert_eq!(watch.next_index(CHANGE), 401);
    let paid = transaction(watch.unspent()[0].outpoint, &[(place(CHANGE, 400), 59_000)]);
    watch.pending([(Arc::new(paid), 1)]).unwrap();
    assert_eq!(watch.balance().own_pending, sats(59_000));

    let mut other = funded(&[60_000]);
    let psbt = crate::bitcoin::testing::psbt(
        &[(place(RECEIVE, 0), 60_000)],
        &[(crate::bitcoin::testing::To::Own(place(CHANGE, MAX_AHEAD)), 59_000)],
    );
    other.reserve(&Spend::decode(&account(), &psbt.serialize()).unwrap());
    assert_eq!(other.next_index(CHANGE), 0, "nobody can make this wallet derive addresses without end");
}

#[test]
fn others_payments_that_are_in_no_block_are_not_spent() {
    let mut watch = funded(&[50_000]);
    let mut theirs = payment(9, &[(place(RECEIVE, 1), 70_000)]);
    theirs.output.push(TxOut { value: sats(10_000), script_pubkey: stranger().script_pubkey() });
    watch.pending([(Arc::new(theirs), 5)]).unwrap();
    assert_eq!(watch.balance().others_pending, sats(70_000));
    assert_eq!(watch.history()[0].paid, [], "it is not this wallet that pays");
    let spend = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap();
    assert_eq!(spend.spent(), sats(50_000));
    let refused = watch.build(&pay(&[(stranger(), 60_000)]), &mut OsRng).unwrap_err();
    assert!(matches!(refused, BuildError::Insufficient { .. }), "{refused}");
}

#[test]
fn a_payment_that_cannot_be_made_is_refused_with_its_reason() {
    let mut watch = funded(&[50_000]);
    let mut refused = |payment: &Payment| watch.build(payment, &mut OsRng).unwrap_err();
    assert_eq!(refused(&pay(&[])), BuildError::NoRecipients);
    let dust = BuildError::Dust { recipient: 1, minimum: sats(330) };
    assert_eq!(refused(&pay(&[(stranger(), 1_000), (stranger(), 329)])), dust);
    let mainnet = Account::new(&key().public(), Network::Mainnet).unwrap().address(RECEIVE, 0).unwrap();
    assert_eq!(refused(&pay(&[(mainnet.clone(), 1_000)])), BuildError::OtherNetwork { recipient: 0 });
    assert_eq!(refused(&all_to(mainnet, Coins::Automatic)), BuildError::OtherNetwork { recipient: 0 });
    let much = [(stranger(), 2_000_000_000_000_000), (stranger(), 2_000_000_000_000_000)];
    assert_eq!(refused(&pay(&much)), BuildError::Spend(SpendError::ImpossibleAmount));
    let Err(BuildError::Insufficient { needed, available }) =
        Err::<(), _>(refused(&pay(&[(stranger(), 50_000)])))
    else {
        panic!("the fee is missing")
    };
    assert!(needed > sats(50_000) && available == sats(50_000), "{needed} {available}");
    let absurd = Payment { fee_rate: FeeRate::from_sat_per_vb_u32(20_000), ..pay(&[(stranger(), 1_000)]) };
    assert!(matches!(refused(&absurd), BuildError::Insufficient { .. }));
}

#[test]
fn more_coins_than_fit_in_a_request_are_refused() {
    let mut watch = funded(&[1_000; 300]);
    let refused = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap_err();
    assert!(
        matches!(refused, BuildError::Spend(SpendError::Oversized { max: MAX_ENCODED, .. })),
        "{refused}"
    );
    assert!(watch.build(&pay(&[(stranger(), 50_000)]), &mut OsRng).is_ok(), "a part of it goes");
}

#[test]
fn a_replacement_spends_the_same_coins_and_pays_more() {
    let mut watch = funded(&[100_000, 100_000]);
    let spend = watch.build(&pay(&[(stranger(), 50_000)]), &mut OsRng).unwrap();
    watch.reserve(&spend);
    send(&mut watch, &spend, 1);
    let double = FeeRate::from_sat_per_vb_u32(10);
    let bumped = watch.bump(spend.txid(), double, FeePayer::Wallet, &mut OsRng).unwrap();
    assert_eq!(bumped.sent(), spend.sent());
    assert!(bumped.fee() > spend.fee() && bumped.fee_rate() >= double);
    let first = spend.coins()[0].outpoint;
    assert!(bumped.coins().iter().any(|coin| coin.outpoint == first), "it conflicts with the first");
    send(&mut watch, &bumped, 2);
    let pending: Vec<_> = watch.history().iter().map(|entry| entry.txid).take(2).collect();
    assert_eq!(pending[0], bumped.txid());
    assert!(!pending.contains(&spend.txid()), "the replaced one is gone");
}

#[test]
fn a_recipient_who_gets_everything_can_pay_for_the_replacement() {
    let mut watch = funded(&[60_000, 50_000]);
    let spend = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap();
    send(&mut watch, &spend, 1);
    let rate = FeeRate::from_sat_per_vb_u32(20);
    let by_wallet = watch.bump(spend.txid(), rate, FeePayer::Wallet, &mut OsRng).unwrap_err();
    assert!(matches!(by_wallet, BuildError::Insufficient { .. }), "nothing is left: {by_wallet}");
    let bumped = watch.bump(spend.txid(), rate, FeePayer::Recipient, &mut OsRng).unwrap();
    assert_eq!(bumped.coins().len(), 2);
    assert_eq!(bumped.sent() + bumped.fee(), sats(110_000));
    assert!(bumped.fee() > spend.fee());
}

#[test]
fn what_cannot_be_replaced_is_named() {
    let mut watch = funded(&[100_000, 100_000]);
    let bump = |watch: &mut WatchOnly, txid, rate, payer| {
        watch.bump(txid, FeeRate::from_sat_per_vb_u32(rate), payer, &mut OsRng).unwrap_err()
    };
    let unknown = Txid::all_zeros();
    assert_eq!(bump(&mut watch, unknown, 10, FeePayer::Wallet), BuildError::UnknownTransaction(unknown));
    assert_eq!(bump(&mut watch, unknown, 10, FeePayer::Recipient), BuildError::UnknownTransaction(unknown));
    let funding = watch.history()[0].txid;
    assert_eq!(bump(&mut watch, funding, 10, FeePayer::Wallet), BuildError::Confirmed(funding));

    let spend = watch.build(&pay(&[(stranger(), 50_000)]), &mut OsRng).unwrap();
    send(&mut watch, &spend, 1);
    let low = bump(&mut watch, spend.txid(), 5, FeePayer::Wallet);
    let BuildError::FeeTooLow { required } = low else { panic!("{low}") };
    assert!(required >= FeeRate::from_sat_per_vb_u32(6), "{required}");
    let two = bump(&mut watch, spend.txid(), 10, FeePayer::Recipient);
    assert_eq!(two, BuildError::NoSingleRecipient);

    let theirs = payment(7, &[(place(RECEIVE, 2), 9_000)]);
    let txid = theirs.compute_txid();
    watch.pending([(Arc::new(theirs), 3)]).unwrap();
    assert_eq!(bump(&mut watch, txid, 10, FeePayer::Wallet), BuildError::Irreplaceable(txid));
}

#[test]
fn addresses_are_handed_out_in_order_and_not_beyond_the_gap() {
    let mut watch = watch();
    assert_eq!(watch.unused_address(RECEIVE).place, place(RECEIVE, 0));
    assert_eq!(watch.unused_address(RECEIVE).place, place(RECEIVE, 0), "it got nothing yet");
    for index in 1..GAP_LIMIT {
        let new = watch.new_address(RECEIVE).unwrap();
        assert_eq!(new.place, place(RECEIVE, index));
        assert_eq!(new.address, account().address(RECEIVE, index).unwrap());
        assert_eq!(watch.place_of(&new.address), Some(new.place));
    }
    assert_eq!(watch.new_address(RECEIVE), Err(WalletError::TooManyUnused { limit: GAP_LIMIT }));
    assert_eq!(watch.unused_address(RECEIVE).place, place(RECEIVE, 0));
    assert_eq!(watch.next_index(RECEIVE), GAP_LIMIT);

    let update = mined(&watch, 7, &[payment(1, &[(place(RECEIVE, 0), 5_000)])]);
    watch.apply(update).unwrap();
    assert_eq!(watch.unused_address(RECEIVE).place, place(RECEIVE, 1));
    let still = watch.new_address(RECEIVE);
    assert_eq!(still.unwrap().place, place(RECEIVE, GAP_LIMIT), "the last 20 include a used one");
    assert_eq!(watch.new_address(RECEIVE), Err(WalletError::TooManyUnused { limit: GAP_LIMIT }));
    assert_eq!(watch.new_address(CHANGE).unwrap().place, place(CHANGE, 0));
    assert_eq!(watch.place_of(&stranger()), None);
}

#[test]
fn a_wallet_is_the_same_after_it_was_stored_piece_by_piece() {
    let mut watch = watch();
    let mut stored = vec![watch.take_changes().unwrap().unwrap()];
    assert_eq!(watch.take_changes(), Ok(None));
    watch.new_address(RECEIVE).unwrap();
    stored.extend(watch.take_changes().unwrap());
    let update =
        mined(&watch, 100, &[payment(1, &[(place(RECEIVE, 0), 60_000), (place(RECEIVE, 3), 50_000)])]);
    watch.apply(update).unwrap();
    stored.extend(watch.take_changes().unwrap());
    let spend = watch.build(&pay(&[(stranger(), 30_000)]), &mut OsRng).unwrap();
    watch.reserve(&spend);
    stored.extend(watch.take_changes().unwrap());
    send(&mut watch, &spend, 5);
    stored.extend(watch.take_changes().unwrap());
    assert_eq!(stored.len(), 5);

    let one = compact(&account(), &stored).unwrap().unwrap();
    for pieces in [stored.clone(), vec![one], [stored.clone(), stored].concat()] {
        let loaded = WatchOnly::load(account(), &pieces).unwrap();
        assert_eq!(loaded.balance(), watch.balance());
        assert_eq!(loaded.history(), watch.history());
        assert_eq!(loaded.unspent(), watch.unspent());
        assert_eq!(loaded.next_index(RECEIVE), watch.next_index(RECEIVE));
        assert_eq!(loaded.tip().block_id(), watch.tip().block_id());
    }
}

#[test]
fn a_wallet_loads_nothing_damaged_and_nothing_of_another() {
    let mut watch = funded(&[60_000]);
    let stored = watch.take_changes().unwrap().unwrap();
    assert!(WatchOnly::load(account(), [&stored]).is_ok());
    assert_eq!(WatchOnly::load(account(), [&stored[..stored.len() - 1]]).unwrap_err(), WalletError::Damaged);
    assert_eq!(WatchOnly::load(account(), [b"{}"]).unwrap_err(), WalletError::Damaged);
    let network = Account::new(&key().public(), Network::Signet).unwrap();
    assert_eq!(WatchOnly::load(network, [&stored]).unwrap_err(), WalletError::Damaged);
    let other = crate::bitcoin::testing::Key(bitcoin::secp256k1::SecretKey::from_slice(&[9; 32]).unwrap());
    let other = Account::new(&other.public(), Network::Regtest).unwrap();
    assert_eq!(WatchOnly::load(other.clone(), [&stored]).unwrap_err(), WalletError::Damaged);
    assert_eq!(compact(&other, [&stored]).unwrap_err(), WalletError::Damaged);
    let none: [&[u8]; 0] = [];
    assert_eq!(WatchOnly::load(account(), none).unwrap().balance(), Balance::default());
}

#[test]
fn a_source_that_says_what_cannot_be_is_not_believed() {
    let implausible = |update: Update| {
        let mut watch = funded(&[60_000]);
        assert_eq!(watch.apply(update), Err(WalletError::Implausible));
        assert_eq!(watch.balance().confirmed, sats(60_000), "nothing of it is taken in");
    };
    let with = |watch: &WatchOnly, amounts: &[u64]| {
        let paid: Vec<_> = amounts.iter().map(|amount| (place(RECEIVE, 1), *amount)).collect();
        mined(watch, 101, &[payment(5, &paid)])
    };
    let watch = funded(&[60_000]);
    implausible(with(&watch, &[u64::MAX]));
    implausible(with(&watch, &[Amount::MAX_MONEY.to_sat() + 1]));
    implausible(with(&watch, &vec![Amount::MAX_MONEY.to_sat(); 4_400]));
    implausible(mined(&watch, 500_000_000, &[]));
    let far = Update { last_active_indices: [(KeychainKind::External, 20_000)].into(), ..Update::default() };
    implausible(far);

    let mut watch = funded(&[60_000]);
    let rich = payment(5, &[(place(RECEIVE, 1), u64::MAX)]);
    assert_eq!(watch.pending([(Arc::new(rich), 1)]), Err(WalletError::Implausible));
    let update = mined(&watch, 499_999_999, &[]);
    watch.apply(update).unwrap();
    assert!(watch.build(&pay(&[(stranger(), 30_000)]), &mut OsRng).is_ok());
}

/// A block with these transactions.
fn block_of(previous: BlockHash, nonce: u32, txdata: Vec<Transaction>) -> bitcoin::Block {
    let header = bitcoin::block::Header {
        version: bitcoin::block::Version::TWO,
        prev_blockhash: previous,
        merkle_root: bitcoin::TxMerkleNode::all_zeros(),
        time: 3_000_000,
        bits: bitcoin::CompactTarget::from_consensus(0),
        nonce,
    };
    bitcoin::Block { header, txdata }
}

#[test]
fn a_new_wallet_can_begin_at_any_block_and_goes_back_when_blocks_are_replaced() {
    let mut watch = watch();
    let genesis = watch.tip().block_id();
    let parent = BlockHash::hash(b"parent");
    let paid = payment(1, &[(place(RECEIVE, 0), 60_000)]);
    let first = block_of(parent, 1, vec![paid.clone()]);
    watch.connect(&first, 800_000, genesis).unwrap();
    assert_eq!(watch.balance().confirmed, sats(60_000));
    assert_eq!(watch.tip().height(), 800_000);

    let unknown = BlockId { height: 799_999, hash: BlockHash::hash(b"unknown") };
    let refused = watch.connect(&block_of(unknown.hash, 2, vec![]), 800_000, unknown);
    assert_eq!(refused, Err(WalletError::Unconnected));
    let refused = watch.connect(&block_of(parent, 2, vec![]), LOCK_TIME_THRESHOLD, genesis);
    assert_eq!(refused, Err(WalletError::Implausible));

    let before = BlockId { height: 799_999, hash: parent };
    watch.pending([(Arc::new(paid), 5)]).unwrap();
    watch.connect(&block_of(parent, 3, vec![]), 800_000, before).unwrap();
    assert_eq!((watch.balance().confirmed, watch.balance().others_pending), (Amount::ZERO, sats(60_000)));
}

#[test]
fn a_chain_with_another_beginning_is_not_believed() {
    let mut watch = funded(&[60_000]);
    let other = BlockId { height: 0, hash: BlockHash::hash(b"another") };
    let chain = CheckPoint::from_block_ids([other, block(200)]).unwrap();
    let refused = watch.apply(Update { chain: Some(chain), ..Update::default() });
    assert_eq!(refused, Err(WalletError::Unconnected));
    assert_eq!(watch.balance().confirmed, sats(60_000));
}

#[test]
fn a_transaction_that_vanishes_gives_its_coins_back() {
    let mut watch = funded(&[60_000]);
    let spend = watch.build(&all_to(stranger(), Coins::Automatic), &mut OsRng).unwrap();
    send(&mut watch, &spend, 10);
    assert_eq!(watch.balance(), Balance::default());
    watch.evicted([(spend.txid(), 20)]);
    assert_eq!(watch.balance().confirmed, sats(60_000));
}

#[test]
fn what_a_source_is_asked_begins_at_the_first_addresses() {
    let watch = watch();
    let mut scan = watch.full_scan(1);
    let first = scan.next_spk(KeychainKind::Internal).unwrap();
    assert_eq!(first, (0, account().taproot(place(CHANGE, 0)).unwrap().script));
    assert_eq!(watch.sync(1).progress().spks_remaining, 0, "no address was handed out yet");
    let mut watch = watch;
    watch.unused_address(RECEIVE);
    assert_eq!(watch.sync(1).progress().spks_remaining, 1);
}
