//! Nothing that can be changed in a proposal changes what is signed without changing what is shown.

use bitcoin::absolute::LockTime;
use proptest::prelude::*;

use super::*;

/// Everything that people can be shown, by what the public functions say.
fn shown(spend: &Spend) -> impl PartialEq + std::fmt::Debug {
    let coins: Vec<_> =
        spend.coins().iter().map(|coin| (coin.outpoint, coin.amount, coin.place, coin.sequence)).collect();
    let outputs: Vec<_> = spend.outputs().iter().map(|o| (o.amount, o.target.clone())).collect();
    (coins, outputs, spend.version(), LockTime::to_consensus_u32(spend.lock_time()), spend.fee())
}

fn check(original: &Spend, changed: Result<Spend, SpendError>, bytes: &[u8]) {
    let Ok(changed) = changed else { return };
    if changed.signables() != original.signables() {
        assert_ne!(format!("{:?}", shown(&changed)), format!("{:?}", shown(original)), "{bytes:02x?}");
    }
}

fn with_data() -> Psbt {
    let data = bitcoin::ScriptBuf::new_op_return(b"hello");
    psbt(
        &[(place(RECEIVE, 3), 60_000), (place(CHANGE, 9), 50_000)],
        &[
            (to_stranger(), 80_000),
            (To::Own(place(CHANGE, 4)), 20_000),
            (To::Script(data), 0),
            (To::Own(place(RECEIVE, 5)), 9_000),
        ],
    )
}

#[test]
fn no_single_changed_bit_is_signed_unseen() {
    let account = account();
    let bytes = with_data().serialize();
    let original = Spend::decode(&account, &bytes).unwrap();
    let mut read = 0;
    for i in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[i] ^= 1 << bit;
            let decoded = Spend::decode(&account, &changed);
            assert_ne!(decoded.as_ref(), Ok(&original), "two forms of one transaction: byte {i}");
            read += usize::from(decoded.is_ok());
            check(&original, decoded, &changed);
            if bit == 0 {
                check(&original, Spend::import(&account, &changed), &changed);
            }
        }
    }
    assert!(read > 100, "some changes make another transaction: {read}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_changed_bytes_are_signed_unseen(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let account = account();
        let bytes = with_data().serialize();
        let original = Spend::decode(&account, &bytes).unwrap();
        let mut changed = bytes;
        for (at, byte) in changes {
            let at = at.index(changed.len());
            changed[at] = byte;
        }
        check(&original, Spend::decode(&account, &changed), &changed);
        check(&original, Spend::import(&account, &changed), &changed);
    }

    #[test]
    fn no_inserted_or_removed_bytes_make_the_reader_panic(
        at: prop::sample::Index,
        removed in 0_usize..80,
        inserted in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut bytes = with_data().serialize();
        let at = at.index(bytes.len());
        let end = (at + removed).min(bytes.len());
        bytes.splice(at..end, inserted);
        drop(Spend::decode(&account(), &bytes));
        drop(Spend::import(&account(), &bytes));
    }

    #[test]
    fn no_bytes_after_the_magic_make_the_reader_panic(rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = b"psbt\xff".to_vec();
        bytes.extend(rest);
        drop(Spend::decode(&account(), &bytes));
        drop(Spend::import(&account(), &bytes));
    }
}
