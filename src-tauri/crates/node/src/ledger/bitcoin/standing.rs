//! Transactions of a wallet that are proposed or signed: which of its coins are spoken for, which transactions this device
//! sends, and what became of them.

use std::{collections::HashSet, sync::Arc};

use bitcoin::{Amount, Transaction, Txid};
use chains::bitcoin::spend::Spend;
use coordinator::sign::RequestId;

/// A request that may still be signed, or has been.
#[derive(Clone, Debug)]
pub(crate) struct StandingSpend {
    pub(crate) request: RequestId,
    /// By the proposer's clock, in Unix seconds.
    pub(crate) created_at: u64,
    pub(crate) spend: Arc<Spend>,
    /// With its signatures, once it has them.
    pub(crate) signed: Option<Arc<Transaction>>,
}

/// What a wallet's task has to know of requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// None until the wallet's requests are known.
    pub(crate) spends: Option<Arc<Vec<StandingSpend>>>,
    /// Those that this device sends once they are signed.
    pub(crate) sends: Arc<HashSet<Txid>>,
}

impl Standing {
    /// What speaks for coins: what may yet be signed, and what is on its way from this device.
    pub(super) fn reserving(&self) -> impl Iterator<Item = &StandingSpend> {
        self.all().filter(|standing| standing.signed.is_none() || self.sends(standing))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &StandingSpend> {
        self.spends.iter().flat_map(|spends| spends.iter())
    }

    /// What this device is to send. Of several that spend the same coin, the network takes one: the one with the highest
    /// fee, which was proposed to take the others' place. When they were proposed says less: devices' clocks differ, and two
    /// can be of one second.
    pub(super) fn to_send(&self) -> impl Iterator<Item = (&StandingSpend, &Arc<Transaction>)> {
        let sent = self.all().filter(|standing| self.sends(standing));
        sent.filter(|standing| !self.is_replaced(standing))
            .filter_map(|standing| Some((standing, standing.signed.as_ref()?)))
    }

    pub(super) fn sends(&self, standing: &StandingSpend) -> bool {
        self.sends.contains(&standing.spend.txid())
    }

    fn is_replaced(&self, standing: &StandingSpend) -> bool {
        self.all().any(|other| {
            let is_better = other.rank() > standing.rank();
            is_better && other.signed.is_some() && self.sends(other) && other.conflicts_with(standing)
        })
    }
}

impl StandingSpend {
    fn rank(&self) -> (Amount, u64, RequestId) {
        (self.spend.fee(), self.created_at, self.request)
    }

    fn conflicts_with(&self, other: &Self) -> bool {
        self.spend.txid() != other.spend.txid() && self.spends_a_coin_of(&other.spend)
    }

    pub(super) fn spends_a_coin_of(&self, other: &Spend) -> bool {
        let spends = |outpoint| other.coins().iter().any(|coin| coin.outpoint == outpoint);
        self.spend.coins().iter().any(|coin| spends(coin.outpoint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bitcoin::testing::{account, spend_of};

    fn standing(id: u8, created_at: u64, coin: u8, is_signed: bool) -> StandingSpend {
        let spend = Arc::new(spend_of(&account(), coin, u64::from(id) * 1_000));
        let signed = Transaction {
            version: bitcoin::transaction::Version::TWO,
            lock_time: bitcoin::absolute::LockTime::ZERO,
            input: vec![],
            output: vec![],
        };
        let request = RequestId::from_bytes([id; 32]);
        StandingSpend { request, created_at, spend, signed: is_signed.then(|| Arc::new(signed)) }
    }

    #[test]
    fn of_two_that_spend_one_coin_the_one_with_the_higher_fee_is_sent_whatever_the_clocks_say() {
        for (low, raised) in [(10, 10), (20, 10)] {
            let both = [standing(9, raised, 7, true), standing(1, low, 7, true)];
            let sends = both.iter().map(|standing| standing.spend.txid()).collect();
            let standing = Standing { spends: Some(Arc::new(both.into())), sends: Arc::new(sends) };
            let sent: Vec<_> = standing.to_send().map(|(standing, _)| standing.request).collect();
            assert_eq!(sent, [RequestId::from_bytes([9; 32])]);
        }
        // The same with names in the other order.
        let (low, raised) = (standing(4, 10, 7, true), standing(2, 10, 7, true));
        let low = StandingSpend { spend: Arc::new(spend_of(&account(), 7, 1)), ..low };
        let sends = [&low, &raised].map(|standing| standing.spend.txid()).into();
        let standing = Standing { spends: Some(Arc::new(vec![low, raised])), sends: Arc::new(sends) };
        let sent: Vec<_> = standing.to_send().map(|(standing, _)| standing.request).collect();
        assert_eq!(sent, [RequestId::from_bytes([2; 32])]);
    }

    #[test]
    fn of_several_that_spend_one_coin_the_last_is_sent() {
        let (first, bump) = (standing(1, 10, 7, true), standing(2, 20, 7, true));
        let (open, foreign) = (standing(3, 30, 7, false), standing(4, 40, 7, true));
        let other = standing(5, 5, 8, true);
        let sends = [&first, &bump, &open, &other].map(|standing| standing.spend.txid());
        let all = vec![first, bump, open, foreign, other];
        let standing = Standing { spends: Some(Arc::new(all)), sends: Arc::new(sends.into()) };
        let ids = |standing: &StandingSpend| standing.request.as_bytes()[0];
        let sent: Vec<_> = standing.to_send().map(|(standing, _)| ids(standing)).collect();
        assert_eq!(sent, [2, 5], "neither what was replaced nor what is not signed, nor what others send");
        let reserved: Vec<_> = standing.reserving().map(ids).collect();
        assert_eq!(reserved, [1, 2, 3, 5], "what was signed for another program is its own affair");
    }
}
