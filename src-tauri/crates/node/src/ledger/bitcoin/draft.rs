//! What people ask of a wallet's task: its coins, transactions that could be proposed, and what became of signed ones.

use std::collections::HashMap;

use bitcoin::{Amount, FeeRate, OutPoint, Txid};
use chains::bitcoin::{
    Network,
    spend::Spend,
    uri::parse_address,
    wallet::{Coins, FeePayer, Payment, Position, Recipients},
};
use coordinator::sign::RequestId;
use rand::rngs::OsRng;

use super::{Ledger, StandingSpend, view};
use crate::{
    NodeError,
    handle::{BitcoinBump, BitcoinPayment, RecipientEntry, Reply},
    signing::spend_view,
    snapshot::{BitcoinDraftView, CoinView, PublicationView},
};

/// What is asked of the task.
pub(crate) enum Ask {
    /// Look at the chain now.
    Look,
    Coins(Reply<Vec<CoinView>>),
    Draft(Order, Reply<BitcoinDraftView>),
}

/// What is to be built.
#[derive(Debug)]
pub(crate) enum Order {
    Pay(Payment),
    Bump(Bump),
}

/// A higher fee.
#[derive(Debug)]
pub(crate) struct Bump {
    pub(crate) txid: Txid,
    pub(crate) fee_rate: FeeRate,
    pub(crate) payer: FeePayer,
}

/// The most that a fee rate may be; nodes refuse more.
const MOST_RATE: f64 = 10_000.0;

/// Reads what a person wants to pay.
pub(crate) fn order(payment: &BitcoinPayment, network: Network) -> Result<Order, NodeError> {
    let read = |entry: &RecipientEntry| {
        let address = parse_address(entry.address.trim(), network).map_err(NodeError::PaymentRequest)?;
        Ok::<_, NodeError>((address, entry.amount.map(Amount::from_sat)))
    };
    let recipients: Vec<_> = payment.recipients.iter().map(read).collect::<Result<_, _>>()?;
    let recipients = match recipients.as_slice() {
        [(address, None)] => Recipients::All(address.clone()),
        several => {
            let amounts = several.iter().map(|(address, amount)| Some((address.clone(), (*amount)?)));
            Recipients::Amounts(amounts.collect::<Option<_>>().ok_or(NodeError::NoAmount)?)
        }
    };
    let coins: Result<Vec<OutPoint>, _> = payment.coins.iter().map(|coin| coin.trim().parse()).collect();
    let coins = match coins.map_err(|_| NodeError::UnknownCoin)? {
        none if none.is_empty() => Coins::Automatic,
        some => Coins::Only(some),
    };
    Ok(Order::Pay(Payment { recipients, fee_rate: fee_rate(payment.fee_rate)?, coins }))
}

impl Bump {
    pub(crate) fn read(bump: &BitcoinBump) -> Result<Order, NodeError> {
        let txid = bump.txid.trim().parse().map_err(|_| NodeError::UnknownTransaction)?;
        let payer = if bump.recipient_pays { FeePayer::Recipient } else { FeePayer::Wallet };
        Ok(Order::Bump(Self { txid, fee_rate: fee_rate(bump.fee_rate)?, payer }))
    }
}

/// From satoshi for each virtual byte.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be small and positive"
)]
fn fee_rate(rate: f64) -> Result<FeeRate, NodeError> {
    let is_good = rate.is_finite() && rate > 0.0 && rate <= MOST_RATE;
    // A thousand weight units are 250 virtual bytes. Rounded up, so that the least that is relayed is not missed.
    let rate = is_good.then(|| (rate * 250.0).ceil() as u64).ok_or(NodeError::InvalidFeeRate)?;
    Ok(FeeRate::from_sat_per_kwu(rate))
}

impl Ledger {
    pub(super) fn answer(&mut self, ask: Ask) {
        match ask {
            // It is being looked up.
            Ask::Look => {}
            // Whoever asked may have gone.
            Ask::Coins(reply) => drop(reply.send(self.looked_up().map(|()| self.coins()))),
            Ask::Draft(order, reply) => drop(reply.send(self.draft(order))),
        }
    }

    /// What is built of coins that may long be spent is of no use.
    fn looked_up(&self) -> Result<(), NodeError> {
        if self.last.is_some() { Ok(()) } else { Err(NodeError::NotLookedUp) }
    }

    fn draft(&mut self, order: Order) -> Result<BitcoinDraftView, NodeError> {
        self.looked_up()?;
        let (built, replaces) = match order {
            Order::Pay(payment) => (self.wallet.build(&payment, &mut OsRng), false),
            Order::Bump(Bump { txid, fee_rate, payer }) => {
                (self.wallet.bump(txid, fee_rate, payer, &mut OsRng), true)
            }
        };
        let spend = built.map_err(NodeError::Build)?;
        let excludes = if replaces { Vec::new() } else { self.excluded_by(&spend) };
        Ok(BitcoinDraftView {
            spend: spend_view(self.wallet.account(), &spend),
            psbt: spend.to_text(),
            excludes: excludes.iter().map(ToString::to_string).collect(),
        })
    }

    /// The signed requests that spend a coin of a transaction. Those that this device sends have theirs reserved.
    fn excluded_by(&self, spend: &Spend) -> Vec<RequestId> {
        let signed = self.standing.all().filter(|standing| standing.signed.is_some());
        signed.filter(|standing| standing.spends_a_coin_of(spend)).map(|standing| standing.request).collect()
    }

    fn coins(&self) -> Vec<CoinView> {
        let account = self.wallet.account();
        let coins = self.wallet.unspent().into_iter().filter_map(|coin| {
            Some(CoinView {
                outpoint: coin.outpoint.to_string(),
                amount: coin.amount.to_sat(),
                address: account.address(coin.place.keychain, coin.place.index).ok()?.to_string(),
                position: view::position(coin.position),
                reserved: coin.is_reserved,
            })
        });
        let mut coins: Vec<_> = coins.collect();
        coins.sort_by(|a, b| (b.amount, &a.outpoint).cmp(&(a.amount, &b.outpoint)));
        coins
    }

    /// What became of the signed transactions.
    pub(super) fn publications(&self) -> HashMap<RequestId, PublicationView> {
        let signed = self.standing.all().filter(|standing| standing.signed.is_some());
        signed.map(|standing| (standing.request, self.publication(standing))).collect()
    }

    fn publication(&self, standing: &StandingSpend) -> PublicationView {
        let (txid, sends) = (standing.spend.txid(), self.standing.sends(standing));
        if let Some(Position::Confirmed { height, confirmations, .. }) = self.wallet.position(txid) {
            return PublicationView::Confirmed { height, confirmations };
        }
        if self.last.is_none() {
            return PublicationView::Unknown { sends };
        }
        if self.pending.contains(&txid) {
            return PublicationView::Pending;
        }
        let mut spenders =
            standing.spend.coins().iter().filter_map(|coin| self.wallet.spender(coin.outpoint));
        match spenders.find(|spender| *spender != txid && self.source_has(*spender)) {
            Some(by) => PublicationView::Replaced { by: by.to_string() },
            None => {
                let problem = self.problems.get(&standing.request).cloned();
                PublicationView::Unsent { sends, problem }
            }
        }
    }

    /// Not one that this device alone has, since nobody took it.
    fn source_has(&self, txid: Txid) -> bool {
        self.pending.contains(&txid) || matches!(self.wallet.position(txid), Some(Position::Confirmed { .. }))
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc, time::Duration};

    use bitcoin::{
        Block, CompactTarget, Transaction, TxMerkleNode,
        block::{Header, Version},
        hashes::Hash as _,
    };
    use chains::bitcoin::{Keychain, wallet::WatchOnly};
    use coordinator::sign::RequestId;
    use tokio::sync::{mpsc, watch};

    use super::*;
    use crate::{
        ledger::bitcoin::{
            Setting, Standing,
            testing::{account, payment_in, spend, unsigned},
            view,
        },
        storage::WalletId,
    };

    /// Of a wallet that has one coin, was looked up, and sends these two, which spend it.
    fn ledger(first: &StandingSpend, second: &StandingSpend) -> Ledger {
        let mut wallet = WatchOnly::new(account()).unwrap();
        let tip = wallet.tip().block_id();
        let header = Header {
            version: Version::ONE,
            prev_blockhash: tip.hash,
            merkle_root: TxMerkleNode::all_zeros(),
            time: 1,
            bits: CompactTarget::from_consensus(0x207f_ffff),
            nonce: 0,
        };
        let block = Block { header, txdata: vec![payment_in(&account())] };
        wallet.connect(&block, tip.height + 1, tip).unwrap();
        let standing = Standing {
            spends: Some(Arc::new(vec![first.clone(), second.clone()])),
            sends: Arc::new([first.spend.txid(), second.spend.txid()].into()),
        };
        let setting = Setting {
            wallet: WalletId([0; 16]),
            run: 1,
            account: account(),
            born: 0,
            sources: watch::Sender::default().subscribe(),
            standing: watch::Sender::new(Standing::default()).subscribe(),
            actor: mpsc::channel(1).0,
        };
        Ledger {
            setting,
            wallet,
            view: view::nothing(),
            last: Some(1),
            standing,
            pending: HashSet::new(),
            problems: HashMap::new(),
            look_again: false,
        }
    }

    fn signed(id: u8, fee: u64) -> (StandingSpend, Arc<Transaction>) {
        let coin = payment_in(&account()).compute_txid();
        let transaction = Arc::new(unsigned(&account(), coin, fee));
        let standing = StandingSpend {
            request: RequestId::from_bytes([id; 32]),
            created_at: id.into(),
            spend: Arc::new(spend(&account(), coin, fee)),
            signed: Some(Arc::clone(&transaction)),
        };
        (standing, transaction)
    }

    #[test]
    fn a_payment_with_a_coin_that_is_signed_away_says_so() {
        let ((file, _), (other, _)) = (signed(1, 10), signed(2, 1_000));
        let mut ledger = ledger(&file, &other);
        ledger.standing.sends = Arc::default();
        ledger.standing.spends = Some(Arc::new(vec![file.clone()]));
        let pay = BitcoinPayment {
            wallet: String::new(),
            recipients: vec![RecipientEntry {
                address: account().address(Keychain::Receive, 5).unwrap().to_string(),
                amount: Some(500_000),
            }],
            fee_rate: 2.0,
            coins: Vec::new(),
        };
        let draft = ledger.draft(order(&pay, Network::Regtest).unwrap()).unwrap();
        assert_eq!(draft.excludes, [file.request.to_string()]);
        ledger.standing.spends = Some(Arc::default());
        let draft = ledger.draft(order(&pay, Network::Regtest).unwrap()).unwrap();
        assert_eq!(draft.excludes, Vec::<String>::new());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_signed_while_the_chain_is_looked_at_is_sent_without_waiting_for_the_next_look() {
        let ((low, _), (raised, _)) = (signed(1, 10), signed(2, 1_000));
        let mut ledger = ledger(&low, &raised);
        let signed = std::mem::take(&mut ledger.standing);
        let requests = watch::Sender::new(Standing::default());
        ledger.setting.standing = requests.subscribe();
        let (_open, mut asks) = mpsc::channel(1);
        let looking = async {
            requests.send_replace(signed);
            // Long enough for the task to take notice.
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(())
        };
        assert!(ledger.meanwhile(&mut asks, looking).await.is_ok());
        assert_eq!(ledger.standing.to_send().count(), 1, "it took notice");
        let next = tokio::time::timeout(Duration::from_secs(1), ledger.idle(&mut asks)).await;
        assert!(next.is_ok_and(|idle| idle.is_ok()), "it looks again at once");
        let next = tokio::time::timeout(Duration::from_secs(1), ledger.idle(&mut asks)).await;
        assert!(next.is_err(), "once");
    }

    #[test]
    fn what_is_sent_takes_the_place_of_what_spends_the_same_coins_at_once() {
        let ((low, waiting), (raised, transaction)) = (signed(1, 10), signed(2, 1_000));
        let mut ledger = ledger(&low, &raised);
        ledger.sent(waiting).unwrap();
        assert_eq!(ledger.publication(&low), PublicationView::Pending);
        ledger.sent(transaction).unwrap();
        assert_eq!(ledger.publication(&raised), PublicationView::Pending);
        let by = raised.spend.txid();
        assert_eq!(ledger.publication(&low), PublicationView::Replaced { by: by.to_string() });
        assert_eq!(ledger.pending_ids().collect::<Vec<_>>(), [by], "the history has it alone");
    }

    #[test]
    fn what_nobody_took_replaces_nothing() {
        let ((low, transaction), (raised, _)) = (signed(1, 10), signed(2, 1_000));
        let mut ledger = ledger(&low, &raised);
        ledger.wallet.pending([(transaction, 2)]).unwrap();
        let unsent = PublicationView::Unsent { sends: true, problem: None };
        assert_eq!(ledger.publication(&raised), unsent, "it is to be sent yet");
        ledger.pending.insert(low.spend.txid());
        let by = low.spend.txid().to_string();
        assert_eq!(
            ledger.publication(&raised),
            PublicationView::Replaced { by },
            "unless nodes have the other"
        );
    }

    #[test]
    fn fee_rates_are_taken_exactly_and_within_reason() {
        let rate = |rate| fee_rate(rate).ok().map(FeeRate::to_sat_per_kwu);
        assert_eq!(rate(1.0), Some(250));
        assert_eq!(rate(1.001), Some(251), "never less than asked for");
        assert_eq!(rate(0.1), Some(25), "nodes of today relay as little");
        assert_eq!(rate(MOST_RATE), Some(2_500_000));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, MOST_RATE + 1.0] {
            assert_eq!(rate(bad), None, "{bad}");
        }
    }
}
