//! People's notes on transactions and addresses, kept on this device alone.

use std::collections::{BTreeMap, HashMap};

use bitcoin::Txid;
use chains::{
    bitcoin::{self as btc, uri::parse_address},
    solana,
};

use super::Actor;
use crate::{
    NodeError,
    handle::SetLabel,
    ledger::labels::{Label, LabelKind, export, parse},
    signing::payer,
    snapshot::{SolanaTransactionView, TransactionView},
    storage::{Storage, StorageError, WalletId},
    wallet::Wallet,
};

/// The notes of the wallets that are looked up, by what they are on.
#[derive(Default)]
pub(super) struct Labels(BTreeMap<WalletId, HashMap<String, String>>);

/// The chain on which something has a name.
enum Chain {
    Bitcoin(btc::Network),
    Solana,
}

impl Labels {
    /// Reads a wallet's notes.
    pub(super) fn load(&mut self, storage: &Storage, wallet: WalletId) -> Result<(), StorageError> {
        let stored = storage.labels(wallet)?.into_iter();
        self.0.insert(wallet, stored.map(|label| (label.reference, label.label)).collect());
        Ok(())
    }

    pub(super) fn on_bitcoin(&self, wallet: WalletId, transactions: &mut [TransactionView]) {
        for transaction in transactions {
            transaction.label = self.get(wallet, &transaction.txid);
        }
    }

    pub(super) fn on_solana(&self, wallet: WalletId, transactions: &mut [SolanaTransactionView]) {
        for transaction in transactions {
            transaction.label = self.get(wallet, &transaction.id);
        }
    }

    fn get(&self, wallet: WalletId, reference: &str) -> Option<String> {
        self.0.get(&wallet)?.get(reference).cloned()
    }

    fn put(&mut self, wallet: WalletId, labels: &[Label]) {
        let Some(known) = self.0.get_mut(&wallet) else { return };
        for Label { reference, label, .. } in labels {
            match label.is_empty() {
                true => drop(known.remove(reference)),
                false => drop(known.insert(reference.clone(), label.clone())),
            }
        }
    }
}

impl Actor {
    pub(super) fn label_transaction(
        &mut self,
        wallet: WalletId,
        txid: Txid,
        text: &str,
    ) -> Result<(), NodeError> {
        let label = Label::new(LabelKind::Transaction, txid.to_string(), text)?;
        self.put_labels(wallet, &[label])
    }

    pub(super) fn set_label(&mut self, label: &SetLabel) -> Result<(), NodeError> {
        let (wallet, chain) = self.labelled(&label.wallet)?;
        let reference = label.reference.trim();
        let kind = [LabelKind::Transaction, LabelKind::Address]
            .into_iter()
            .find(|kind| chain.has(*kind, reference))
            .ok_or(NodeError::UnknownLabelled)?;
        self.put_labels(wallet, &[Label::new(kind, reference.to_owned(), &label.label)?])
    }

    pub(super) fn label(&self, wallet: &str, reference: &str) -> Result<Option<String>, NodeError> {
        let (wallet, _) = self.labelled(wallet)?;
        // Those of a wallet that is not looked up are not in memory.
        let label = self.storage.labels(wallet)?.into_iter().find(|label| label.reference == reference);
        Ok(label.map(|label| label.label))
    }

    pub(super) fn labels(&self, wallet: &str) -> Result<String, NodeError> {
        let (wallet, _) = self.labelled(wallet)?;
        Ok(export(&self.storage.labels(wallet)?))
    }

    pub(super) fn import_labels(&mut self, wallet: &str, text: &str) -> Result<u32, NodeError> {
        let (wallet, chain) = self.labelled(wallet)?;
        let labels = parse(text, |kind, reference| chain.has(kind, reference))?;
        self.put_labels(wallet, &labels)?;
        Ok(u32::try_from(labels.len()).unwrap_or(u32::MAX))
    }

    fn put_labels(&mut self, wallet: WalletId, labels: &[Label]) -> Result<(), NodeError> {
        self.storage.put_labels(wallet, labels)?;
        self.labels.put(wallet, labels);
        Ok(())
    }

    fn labelled(&self, wallet: &str) -> Result<(WalletId, Chain), NodeError> {
        let wallet = self.wallets.find(wallet)?;
        let chain = chain(wallet).ok_or(NodeError::NoLedger)?;
        Ok((wallet.id(), chain))
    }
}

fn chain(wallet: &Wallet) -> Option<Chain> {
    let bitcoin = wallet.account().map(|account| Chain::Bitcoin(account.network()));
    bitcoin.or_else(|| payer(wallet.ceremony()).map(|_| Chain::Solana))
}

impl Chain {
    /// Whether a note may be on it: any transaction, and any address of the network, since what is known of the wallet's own
    /// may be old.
    fn has(&self, kind: LabelKind, reference: &str) -> bool {
        let name = match (self, kind) {
            (Self::Bitcoin(_), LabelKind::Transaction) => name(reference.parse::<Txid>()),
            (Self::Bitcoin(network), LabelKind::Address) => name(parse_address(reference, *network)),
            (Self::Solana, LabelKind::Transaction) => name(reference.parse::<solana::Signature>()),
            (Self::Solana, LabelKind::Address) => name(reference.parse::<solana::Address>()),
        };
        name.is_some_and(|name| name == reference)
    }
}

/// How it is written here.
fn name<T: ToString, E>(parsed: Result<T, E>) -> Option<String> {
    parsed.ok().map(|parsed| parsed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TXID: &str = "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd";
    const ADDRESS: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const MINT: &str = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";

    #[test]
    fn a_note_is_on_something_of_the_wallets_chain_in_its_one_form() {
        let (bitcoin, solana) = (Chain::Bitcoin(btc::Network::Mainnet), Chain::Solana);
        let signature = "1".repeat(63) + "z";
        assert!(bitcoin.has(LabelKind::Transaction, TXID) && bitcoin.has(LabelKind::Address, ADDRESS));
        assert!(solana.has(LabelKind::Transaction, &signature) && solana.has(LabelKind::Address, MINT));
        assert!(!bitcoin.has(LabelKind::Transaction, &TXID.to_uppercase()), "which would be another note");
        assert!(!bitcoin.has(LabelKind::Address, MINT) && !bitcoin.has(LabelKind::Transaction, &signature));
        assert!(!solana.has(LabelKind::Address, ADDRESS) && !solana.has(LabelKind::Transaction, TXID));
        let testnet = Chain::Bitcoin(btc::Network::Regtest);
        assert!(!testnet.has(LabelKind::Address, ADDRESS), "of another network");
    }
}
