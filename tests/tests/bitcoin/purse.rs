//! A watch-only wallet at a real node, and a signer who holds its whole secret, as no device ever does.

use std::sync::Arc;

use bitcoin::{
    Amount, Block, BlockHash, FeeRate, Transaction, Txid,
    consensus::encode::{deserialize_hex, serialize_hex},
    key::{Keypair, TapTweak as _},
    secp256k1::{Message, Scalar, Secp256k1, SecretKey},
};
use chains::bitcoin::{
    Account, Address, Keychain, Network,
    spend::Spend,
    wallet::{BlockId, BuildError, Coins, Payment, Recipients, WatchOnly},
};
use jsonrpc::arg;
use permafrost_tests::bitcoind::{Bitcoind, Refused};
use rand::rngs::OsRng;
use serde_json::{Value, json};

/// The wallet of the node that watches the same descriptor.
const WATCHING: &str = "watching";

/// Everything that a group has together, and the node.
pub(crate) struct Purse {
    pub(crate) node: Bitcoind,
    pub(crate) watch: WatchOnly,
    secret: SecretKey,
}

impl Purse {
    /// With coins of these amounts, in satoshis, each at an address of its own, in a block.
    pub(crate) fn with(amounts: &[u64]) -> Self {
        let node = Bitcoind::start();
        let secret = SecretKey::new(&mut OsRng);
        let account =
            Account::new(&secret.public_key(&Secp256k1::new()).serialize(), Network::Regtest).unwrap();
        node.call::<Value>("createwallet", &[arg(WATCHING), arg(true), arg(true)]);
        let descriptor =
            json!([{ "desc": account.descriptor(), "active": true, "timestamp": "now", "range": [0, 100] }]);
        let imported: Value = node.wallet_call(WATCHING, "importdescriptors", &[arg(descriptor)]);
        assert_eq!(imported[0]["success"], true, "{imported}");
        let mut purse = Self { node, watch: WatchOnly::new(account).unwrap(), secret };
        let addresses: Vec<_> = amounts
            .iter()
            .map(|_| purse.watch.new_address(Keychain::Receive).unwrap().address.to_string())
            .collect();
        let amounts = amounts.iter().copied().map(Amount::from_sat);
        purse.node.pay_all(addresses.into_iter().zip(amounts));
        purse.read_blocks();
        purse
    }

    /// Lets the miner pay to a new address of the wallet; in no block yet.
    pub(crate) fn receive(&mut self, amount: u64) {
        let address = self.watch.new_address(Keychain::Receive).unwrap().address;
        let amount = Amount::from_sat(amount).to_btc();
        self.node.wallet_call::<Txid>("miner", "sendtoaddress", &[arg(address.to_string()), arg(amount)]);
    }

    /// Mines a block, and reads all that are new.
    pub(crate) fn mine(&mut self) {
        self.node.mine(1);
        self.read_blocks();
    }

    /// Reads all blocks that come after the last one that the node has, too.
    pub(crate) fn read_blocks(&mut self) {
        let hash_at = |height: u32| self.node.try_call::<BlockHash>("getblockhash", &[arg(height)]).ok();
        let mut known = self.watch.tip().iter();
        let mut last = known.find(|known| hash_at(known.height()) == Some(known.hash())).unwrap().block_id();
        while let Ok(hash) = self.node.try_call::<BlockHash>("getblockhash", &[arg(last.height + 1)]) {
            let block: String = self.node.call("getblock", &[arg(hash), arg(0)]);
            let block: Block = deserialize_hex(&block).unwrap();
            self.watch.connect(&block, last.height + 1, last).unwrap();
            last = BlockId { height: last.height + 1, hash };
        }
    }

    /// An address of the miner's.
    pub(crate) fn miners_address(&self) -> Address {
        let address: String = self.node.wallet_call("miner", "getnewaddress", &[]);
        address.parse::<Address<_>>().unwrap().assume_checked()
    }

    pub(crate) fn pay(&mut self, amount: u64) -> Result<Spend, BuildError> {
        let amounts = vec![(self.miners_address(), Amount::from_sat(amount))];
        self.build(Recipients::Amounts(amounts), Coins::Automatic)
    }

    pub(crate) fn build(&mut self, recipients: Recipients, coins: Coins) -> Result<Spend, BuildError> {
        let fee_rate = FeeRate::from_sat_per_vb_u32(3);
        self.watch.build(&Payment { recipients, fee_rate, coins }, &mut OsRng)
    }

    /// What the group would do: decodes what was proposed, and signs what came out.
    pub(crate) fn sign(&self, proposal: &[u8]) -> Transaction {
        let secp = Secp256k1::new();
        let spend = Spend::decode(self.watch.account(), proposal).unwrap();
        let sign = |signable: &chains::bitcoin::spend::Signable| {
            let child = self.secret.add_tweak(&Scalar::from_be_bytes(signable.child_tweak).unwrap()).unwrap();
            let key = Keypair::from_secret_key(&secp, &child).tap_tweak(&secp, None).to_keypair();
            secp.sign_schnorr(&Message::from_digest(signable.message), &key).serialize()
        };
        spend.finalize(&spend.signables().iter().map(sign).collect::<Vec<_>>()).unwrap()
    }

    /// Signs and sends.
    pub(crate) fn send(&mut self, spend: &Spend) -> Result<Txid, Refused> {
        let transaction = self.sign(&spend.encode());
        let txid = self.node.try_call("sendrawtransaction", &[arg(serialize_hex(&transaction))])?;
        self.watch.pending([(Arc::new(transaction), self.now())]).unwrap();
        Ok(txid)
    }

    /// The time by the node's last block, for transactions to be seen after it.
    fn now(&self) -> u64 {
        let info: Value = self.node.call("getblockchaininfo", &[]);
        info["time"].as_u64().unwrap() + self.watch.history().len() as u64
    }

    /// The node's and our own idea of what the wallet has must be the same.
    #[track_caller]
    pub(crate) fn check_balance(&self) {
        let theirs: Value = self.node.wallet_call(WATCHING, "getbalances", &[]);
        let theirs = ["trusted", "untrusted_pending"]
            .map(|kind| Amount::from_btc(theirs["mine"][kind].as_f64().unwrap()).unwrap());
        let ours = self.watch.balance();
        assert_eq!(theirs, [ours.confirmed + ours.own_pending, ours.others_pending]);
    }

    /// What the miner's wallet says of a transaction that pays to it.
    pub(crate) fn mined(&self, txid: Txid) -> Value {
        self.node.wallet_call("miner", "gettransaction", &[arg(txid), arg(false), arg(true)])
    }

    /// Calls the wallet of the node that watches the same descriptor.
    pub(crate) fn watching(
        &self,
        method: &str,
        parameters: &[permafrost_tests::bitcoind::Parameter],
    ) -> Value {
        self.node.wallet_call(WATCHING, method, parameters)
    }
}
