//! From signatures to a transaction that nodes accept.

use bitcoin::{
    Transaction, Witness, XOnlyPublicKey,
    secp256k1::{Message, Secp256k1, schnorr::Signature},
};

use super::{FinalizeError, Spend};

impl Spend {
    /// The signed transaction: one BIP-340 signature for each input, in their order.
    ///
    /// Each is verified against the key of the coin's address, so what is returned spends what it says it spends.
    pub fn finalize(&self, signatures: &[[u8; 64]]) -> Result<Transaction, FinalizeError> {
        let (expected, found) = (self.coins.len(), signatures.len());
        if expected != found {
            return Err(FinalizeError::Count { expected, found });
        }
        let secp = Secp256k1::verification_only();
        let mut transaction = self.transaction.clone();
        let inputs = transaction.input.iter_mut().zip(&self.coins).zip(&self.signables).zip(signatures);
        for (input, (((txin, coin), signable), signature)) in inputs.enumerate() {
            let invalid = FinalizeError::Invalid { input, key: coin.internal_key };
            let key = coin.script.as_bytes().get(2..).ok_or(invalid)?;
            let key = XOnlyPublicKey::from_slice(key).map_err(|_| invalid)?;
            let message = Message::from_digest(signable.message);
            Signature::from_slice(signature)
                .and_then(|signature| secp.verify_schnorr(&signature, &message, &key))
                .map_err(|_| FinalizeError::Invalid { input, key })?;
            txin.witness = Witness::from_slice(&[signature]);
        }
        Ok(transaction)
    }
}
