//! What people are told: each text once, with a name and named values, so that an interface can say it in its language.

use std::fmt;

use serde::Serialize;
use ts_rs::TS;

/// Declares texts: name, values, English. What has a value that its English lacks, or the other way round, does not
/// compile.
macro_rules! messages {
    ($($(#[$note:meta])* $id:ident { $($value:ident: $type:ty),* } $english:literal)*) => {
        /// Sentences of what a person is told, and what fills their gaps.
        ///
        /// A device's or wallet's name is a value without quotation marks; `names` holds several, one a line.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
        #[serde(tag = "id", content = "values", rename_all = "camelCase")]
        #[ts(export)]
        #[allow(missing_docs, reason = "the texts say it")]
        pub enum MessagePart {
            $($id { $(#[ts(type = "string")] $value: $type),* },)*
        }

        /// The name of a [`MessagePart`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
        #[serde(rename_all = "camelCase")]
        #[ts(export)]
        #[allow(missing_docs, reason = "the texts say it")]
        pub enum MessageId {
            $($id,)*
        }

        impl MessageId {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$id),*];
        }

        impl MessagePart {
            /// Its name.
            pub fn id(&self) -> MessageId {
                match self {
                    $(Self::$id { .. } => MessageId::$id,)*
                }
            }
        }

        /// In English.
        impl fmt::Display for MessagePart {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$id { $($value),* } => write!(f, $english),)*
                }
            }
        }
    };
}

/// The parts in English, one after the other.
pub(crate) fn english(parts: &[MessagePart]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Several names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Names(String);

impl<S: AsRef<str>> FromIterator<S> for Names {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        // No name has a line break in it.
        Self(names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n"))
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, name) in self.0.lines().enumerate() {
            write!(f, "{}“{name}”", if position == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

messages! {
    InvalidDevice { device: String } "“{device}” can't be a device's name. Use up to 30 letters, digits, hyphens and underscores."
    NoDataFolder {} "This system names no folder for user data. Choose one with --data-dir."
    ProfileInUse { device: String } "Permafrost already runs for the device “{device}”. Use its window, or close it first."
    DataFolder { folder: String } "The data folder {folder} can't be used."
    CheckDataFolder {} "Nothing was changed. Check that it exists, that it belongs to you and that the disk is not full."

    Database {} "The wallet database can't be used."
    SharesElsewhere {} "Your key shares are in the keystore, not in it; the names under which they lie there are, so don't delete it."
    DatabaseNewer {} "Install the newer version again."
    DatabaseFailed {} "Check that the disk is not full and try again."
    DatabaseDamaged {} "Restore the data folder from a backup."
    DamagedRecord {} "The stored data of this wallet is damaged. Its share is in the keystore and is not affected. Restore the data folder from a backup."
    DamagedWallets { count: String } "Wallets of this device can't be read ({count}): the stored data is damaged. The shares in the keystore are not affected, and other wallets work. Restore the data folder, or a backup into a new device name."
    ShareMissing {} "This device's share of the wallet is not in its keystore: the keystore is an older copy, or something was deleted from it. The other devices' shares are not affected. Until the share is restored from a backup this device can't sign, and shows no address. If other devices can still reach the number needed, move the money to a new wallet."

    KeychainMissing {} "Permafrost found no keychain service. Nothing is lost. Install and start one (GNOME Keyring or KWallet) and try again. A device without wallets can use the passphrase vault instead."
    KeychainLocked {} "The keychain is locked. Nothing is lost. Unlock it (log in again, or answer its prompt) and try again. A device without wallets can use the passphrase vault instead."
    KeychainDenied {} "The system refused Permafrost access to the keychain. Nothing is lost. Allow it in the system's settings (or in the sandbox's permissions) and try again. A device without wallets can use the passphrase vault instead."
    KeychainFailed {} "The keychain gave an error. What it already holds is untouched. Try again; if that does not help, restart the keychain service or the computer."
    KeychainAmbiguous {} "Two keychain items have the same name. Nothing is lost. Open the system's keychain program, look for Permafrost, and remove the copy that does not belong there."
    InvalidProfile {} "That can't be the name of a profile. Choose one of letters, digits, dots, dashes and underscores."
    SecretTooLarge {} "A secret is too large for the keystore. Nothing was stored. Please report this: it should not happen."
    VaultMissing {} "There is no vault yet. Create one first, or check that this is the right device name."
    VaultExists {} "There is a vault already. Nothing was changed. Unlock the vault that is there."
    VaultInUse {} "Another program has the vault open. Nothing is lost. Close the other Permafrost that uses this device's folder, then try again."
    PassphraseTooShort { least: String } "A passphrase needs at least {least} characters. Choose a longer one: several unrelated words are best."
    WrongPassphrase {} "That is not the passphrase. Nothing is lost. Check the keyboard layout and Caps Lock, then try again."
    VaultDamaged {} "The vault's file was changed or cut short. Don't delete it: keep a copy, and restore the file from a backup. The other devices of your wallets still hold their shares."
    VaultNewer {} "A newer version of Permafrost wrote this. Nothing is lost. Update Permafrost on this computer, then try again."
    VaultIo {} "The vault's file can't be read or written. The vault as it was last stored is still there. Check that the disk has room and that the folder is yours."
    OutOfMemory {} "There is not enough memory to check the passphrase. Nothing is lost. Close other programs, then try again."
    KeystoreNoRandomness {} "The system's random number generator failed. Nothing was stored. Restart the computer, then try again."
    KeystoreFailed {} "The keystore gave an error. What it already holds is untouched. Try again."

    VaultLocked {} "The vault is locked. Give its passphrase first."
    AppLocked {} "Permafrost is locked. Give its passphrase first."
    NoVault {} "This device keeps its secrets in the system's keychain, which needs no passphrase here."
    KeystoreInUse {} "This device's keys are in its present keystore and stay there, and nothing was changed. Only a device that has no wallets and is in no session can choose another keystore, in the app's settings; for one that has, use another device name."
    KeystoreBusy {} "The keystore is still being opened or restored. Wait until that is done, then try again."
    IdentityLost {} "The keystore no longer holds this device's keys: it was reset, or belongs to another user. Your money is safe as long as enough other devices hold their shares. Restore the keystore from a backup, then try again."
    LockedOutBySession {} "A session runs on this device and needs its keys, so it can't be locked now. Finish or leave the session first."
    NothingToUnlockWith {} "This device has no passphrase, so whoever sits at it could unlock it. Set an app passphrase in the settings first."
    VaultHasPassphrase {} "This device's vault has a passphrase of its own, which also unlocks the app. An app passphrase is for devices that keep their secrets in the system's keychain."
    AppPassphraseLost {} "The app passphrase is set, but the keychain no longer holds what it is checked against. Restore the keychain from a backup, or restore a backup of this device under another device name."

    NoServer {} "No server is set. Devices meet through a signalling server: enter its address (ws://… or wss://…), the same for everyone. It can't see or change anything of value."
    InvalidServer { url: String } "“{url}” is not a server's address. It looks like wss://example.org or ws://192.168.1.20:9710."
    OtherServer { server: String } "This session meets on {server}, which is not the server set on this device. Join it there only if you expected that; the server sees your network address, but nothing of the wallet."

    NameEmpty {} "That can't be a name: it is empty. Choose another one."
    NameTooLong { length: String, most: String } "That can't be a name: it has {length} characters, and at most {most} fit. Choose another one."
    NameUnshowable { character: String } "That can't be a name: it contains a character that can't be shown ({character}). Choose another one."
    InvalidCiphersuite { curve: String } "There is no curve “{curve}”. Choose ed25519 (Solana), secp256k1-tr (Bitcoin) or secp256k1 (raw messages)."
    InvalidNetwork { network: String, choices: String } "There is no network “{network}” for this kind of wallet. Choose one of: {choices}."
    RawHasNoNetwork { network: String } "A key for raw messages has no network, so not “{network}” either. Choose none."
    UnknownNetwork { network: String } "This wallet is for the network “{network}”, which this version of Permafrost doesn't know, so it shows no address. Its share is not affected. Update this device."
    InvalidParticipants { participants: String } "A wallet needs 2 to 50 devices, not {participants}."
    InvalidThreshold { threshold: String, participants: String } "With {participants} devices, between 2 and {participants} must be needed to sign, not {threshold}. One alone would make the others pointless."

    SessionIdNotFound {} "There is no session ID in what you pasted. It begins with “pf1”. Copy the whole message again."
    SessionIdTypoAt { position: String } "The session ID has a wrong character at position {position}. Copy it again rather than typing it."
    SessionIdTypo {} "The session ID has wrong characters. Copy it again rather than typing it."
    SessionIdIncomplete {} "The session ID is cut off: its end is missing. Copy the whole of it."
    SessionIdNewer {} "The session ID was made by a newer version of Permafrost. Update this device, then join again."
    SessionIdBadServer {} "The session ID names a server address that can't be used. Ask its creator to check their server setting."

    AlreadyJoined {} "This device is already in that session. Look at it in the list of sessions; to join from another device, use the ID there."
    TooManySessions { most: String } "{most} sessions are running. Finish or leave one first."
    UnknownSession {} "That session is not in the list any more: it ended and was cleared away. Nothing was changed. A wallet that it made is among the wallets."
    TooLate {} "That can't be done any more: the session has gone on, or has ended. Nothing was changed. Look at the session to see where it stands."
    StillRunning {} "The session is still running. Leave it first."
    UnknownRequest {} "That request is not there any more. Its device may have given up or gone offline."
    UnknownAnnouncement {} "That session is no longer announced. Ask its creator whether it has begun or ended."
    UnknownSigning {} "That request is not there any more. Nothing was signed by this."
    UnreadableSigning {} "This device can't tell what the request would sign, so it signs nothing, and your money is not affected. Ask the owner of the device that proposed it what it is."
    NewerSigning {} "The request comes from a newer version of Permafrost, and this device can't tell what it would sign. It signs nothing, and your money is not affected. Update Permafrost here, then look again."
    ReplacesNothing {} "The request is to replace an earlier payment, but spends none of its coins, so that both could be paid. This device doesn't sign it, and your money is not affected by this request. Ask the owner of the device that proposed it what is meant."
    EarlySigning {} "The request is dated in the future by this device's clock, so this device doesn't sign it yet, and your money is not affected. One of the two clocks is wrong: set the date and time of this computer, or ask the owner of the device that proposed it to do so there."
    OtherCoins {} "That spends none of the coins of the payment that it is to replace, so that both could be paid. Nothing was proposed. Have the new transaction spend at least one of the same coins, or propose it without replacing anything."
    DamagedSignings { count: String, wallet: String, requests: String } "Requests to sign of the wallet “{wallet}” can't be read ({count}), since the stored data is damaged ({requests}). They are left out; the wallet's share and all other requests are not affected. What was signed by them can still be had from the other devices, or restore the data folder from a backup."
    SigningOver {} "That request is over, so nothing was changed by this. If it should still be signed, propose it again."
    NotOwnSigning {} "Only the device that proposed a request can cancel it, and nothing was changed. Reject it, if this device is not to sign it."
    NotSignedMessage {} "That is no signed message of Permafrost, or one of a newer version. Nothing was checked. Ask for the whole file as it was saved."
    WrongSignature {} "The signature is wrong: whoever is named did not sign this message. Somebody changed the message, the signer or the signature. Don't rely on it."
    NoSignature {} "That request has no signature yet. Wait until enough devices have approved it."
    InvalidMessage {} "That can't be signed, and nothing was proposed. A message has up to 32 KiB of text without characters that can't be seen, a file's name up to 200 characters, and a request is open for at most thirty days."
    InvalidNode {} "This is not the address of a Bitcoin node or an Esplora server. Nothing was changed. It looks like http://127.0.0.1:8332 or https://mempool.space/api; without encryption, only one on this computer or its own network is used."
    NodeCookie {} "The Bitcoin node's cookie file can't be read. Your coins are safe; what is shown may be out of date. Give its whole path, usually .cookie in the node's data folder, and check that the node runs and that you may read the file."
    NodeUser { most: String } "That can't be a user of a Bitcoin node. Nothing was changed. Enter the name that follows rpcauth= or rpcuser= in the node's settings; it has no colon and up to {most} bytes."
    NodePassword { most: String } "That can't be a password at a Bitcoin node. Nothing was changed. It has no control characters, such as line breaks, and up to {most} bytes."
    NodePasswordMissing {} "The user's password at the Bitcoin node is missing. Nothing was changed. Enter it: a stored one is kept for the same user at the same host only, and does not go unencrypted where it was encrypted before."
    NodePasswordLocked {} "The password for your Bitcoin node is in this device's keystore, which is not open, so the node was not asked. Your coins are safe; what is shown may be out of date. Unlock the keystore; then the node is asked by itself."
    NodePasswordUnread {} "The password for your Bitcoin node can't be read from the keystore, so the node was not asked. Your coins are safe; what is shown may be out of date. Choose the node again in the settings, and enter the password."
    NodeUnauthorized {} "The Bitcoin node does not take the password. Your coins are safe; what is shown may be out of date. Check the user name and the password, or that the cookie file belongs to this node."
    NodeForbidden {} "The Bitcoin node does not let this computer or this user ask. Your coins are safe; what is shown may be out of date. Check rpcallowip and rpcwhitelist in the node's settings: the first has to name this computer's address, the second, if it is there, all that a wallet is looked up by."
    NodeUnreachable {} "The Bitcoin node or server does not answer. Your coins are safe; what is shown may be out of date. Check that it runs and that its address is right. It is tried again by itself."
    NodeCertificate {} "What answers at the address of the Bitcoin node or server does not prove who it is, so nothing was asked of it. Your coins are safe; what is shown may be out of date. Check the address and its certificate."
    NodeOtherNetwork { network: String } "The Bitcoin node or server does not serve {network}. Your coins are safe; nothing was read from it. Choose one of the wallet's network."
    NodeStarting {} "The Bitcoin node is still starting. Your coins are safe; what is shown may be out of date. It is tried again by itself."
    NodeBehind { height: u32 } "The Bitcoin node has not caught up with its network yet: it is at block {height}. Your coins are safe; what is shown may be out of date. It is tried again by itself."
    NodePruned {} "The Bitcoin node has thrown away old blocks that may have money for this wallet. Your coins are safe, but can't be found there. Use a node that keeps all blocks since the wallet was made."
    NodeNonsense {} "What answers at the address of the Bitcoin node or server says what no such program says. Your coins are safe; what is shown may be out of date. Check the address, or choose another one."
    NodeRefuses { detail: String } "The Bitcoin node or server does not do what it was asked for. Your coins are safe; what is shown may be out of date. It is tried again by itself. (Technical detail: {detail})"
    NotTakenFee {} "The network does not take the transaction for now: its fee is too low. Nothing was paid, and it is tried again by itself. Raise the fee if it takes too long."
    NotTakenCoins {} "The network does not take the transaction: a coin that it spends is spent already, by another transaction. Nothing was paid by it, and nothing will be unless that other one fails. Look at the wallet's history, and pay anew if need be."
    NotTaken { detail: String } "The network does not take the transaction. Nothing was paid, and it is tried again by itself. (Technical detail: {detail})"
    AddressMissing {} "There is no Bitcoin address in what you entered. Ask the recipient for one; a request by other means, such as Lightning, can't be paid from here."
    AddressInvalid {} "This is not a Bitcoin address: something is mistyped or missing. Nothing was paid. Copy it again rather than typing it."
    AddressUnspendable {} "Coins sent to this address could be lost: nobody may be able to spend from it. Nothing was paid. Ask the recipient for another address."
    AddressOtherNetwork { network: String } "This address belongs to another network, and this wallet is on {network}. Nothing was paid. Ask the recipient for an address on {network}."
    AddressOtherNetworkHere {} "This address belongs to another network than the wallet. Nothing was paid. Ask the recipient for an address on the wallet's network."
    RequestAmount {} "The payment request states an amount that can't be. Nothing was paid. Ask the recipient for another request, or enter the address and the amount yourself."
    RequestUnreadable {} "The payment request can't be read here: it is damaged, or asks for something that this version does not know. Nothing was paid. Ask the recipient for the address and the amount."
    AmountMissing {} "An amount is missing. Nothing was paid. Enter how much each recipient gets; all that there is can go to one recipient only."
    PaymentDust { minimum: String } "So little can't be sent: nodes pass on {minimum} satoshi or more to such an address. Nothing was paid. Enter a higher amount."
    PaymentInsufficient { needed: String, available: String } "There is not enough to spend: {needed} BTC are needed with the fee, and {available} BTC are there. What is on its way to the wallet, or meant for another request, does not count. Nothing was paid. Enter a lower amount, or wait."
    PaymentImpossible {} "No transaction can be made of this. Nothing was paid. Check the recipient, the amount and the coins."
    InvalidFeeRate {} "This is not a fee rate. Nothing was paid. Enter a number of satoshi for each virtual byte, above 0 and at most 10,000."
    FeeTooLow { rate: String } "The fee is too low: nodes pass this on only from {rate} satoshi for each virtual byte. Nothing was paid. Enter a higher fee rate."
    CoinUnknown {} "That is no coin that this wallet can spend. Nothing was paid. Look at the list of its coins again."
    CoinReserved {} "That coin is meant for another request. Nothing was paid. Cancel that one first, or choose other coins."
    UnknownTransaction {} "That transaction is none of this wallet, as far as is known here. Nothing was changed."
    BumpConfirmed {} "That transaction is in a block already, so its fee can't be raised any more, and need not be."
    BumpIrreplaceable {} "The fee of that transaction can't be raised: it does not allow to be replaced, or spends what is not this wallet's alone. Nothing was changed. Wait until it is in a block."
    BumpNoSingleRecipient {} "The recipient can't bear this fee, since the transaction pays more than one, or brings change back. Nothing was changed. Let the wallet pay it."
    NotLookedUp {} "It is not known yet what this wallet has, so nothing can be paid from it. Nothing was changed. Choose where Bitcoin is looked up, or wait until that is done."
    InvalidLabel {} "That can't be a note. Nothing was changed. It has one line of at most 255 characters that can all be seen."
    UnknownLabelled {} "That is no transaction and no address of this wallet, so no note was made."
    NoLabels {} "That is no file with notes (BIP-329), or it is too large. Nothing was changed."
    NotSolana {} "This wallet is not one of Solana, so it can't make this payment. Nothing was proposed. Choose a Solana wallet."
    InvalidSolanaServer {} "This is not the address of a Solana server. Nothing was changed. It looks like https://api.devnet.solana.com; without encryption, only a server on this computer or its own network is used."
    NoSolanaServer { network: String } "No server is chosen for Solana's {network}, so this device can't see what the network is like. Nothing was paid by this device. Choose one in the settings under Network, or on the command line: permafrost solana-server {network} --url ADDRESS."
    SolanaServerUnreachable {} "The Solana server does not answer. What is signed stays good for a minute or two; nothing else was paid. It is tried again while the payment can still be made; check the connection, or choose another server."
    SolanaNotLookedUp {} "The Solana server does not answer. Your money is safe; what is shown may be out of date. Check the connection, or choose another server. It is tried again by itself."
    SolanaServerOtherNetwork { network: String } "The Solana server does not serve {network}. Nothing was asked of it or sent to it. Choose a server of the wallet's network."
    SolanaServerRefuses { detail: String } "The Solana server does not do what it was asked for. Nothing was lost. Try again later, or choose another server. (Technical detail: {detail})"
    SolanaServerNonsense {} "What answers at the Solana server's address does not answer as such a server does. Nothing was lost. Check the address, or choose another server."
    SolanaAddress {} "This is not a Solana address. Nothing was proposed. Ask the recipient for it again, and paste all of it."
    SolanaAmount {} "This is not an amount that can be paid. Nothing was proposed. Write it with digits and a point, such as 1.25; it is more than zero and has no more decimals than there are."
    SolanaToItself {} "This is the wallet's own address. Nothing was proposed. Check whom you want to pay."
    SolanaNobodyReceives {} "Whatever is paid to this address is lost, since it belongs to a program of the network. Nothing was proposed. Ask the recipient for the address again."
    SolanaMemo {} "The memo is empty or has a character that can't be shown. Nothing was proposed. Write it in one line of ordinary letters."
    SolanaMemoTooLong {} "The memo is too long. Nothing was proposed. Shorten it to 500 bytes; letters with accents count twice."
    SolanaNoSuchToken {} "There is no token at this address that can be sent as the payment says. Nothing was paid. Check the token's address."
    SolanaNotEnough { needed: String, there: String } "The wallet has {there} SOL, and this needs {needed} SOL with the fee and the deposit. Nothing was proposed. Pay less, or pay something in first."
    SolanaReceivesTooLittle { least: String } "The network lets no address have less than {least} SOL, and the recipient would. Nothing was proposed. Pay more."
    SolanaLeavesTooLittle { least: String } "The network lets no address keep less than {least} SOL unless it keeps nothing, and this wallet would. Nothing was proposed. Pay less, or pay everything but the fee and the deposit."
    SolanaNotAWallet {} "What lies at this address is a program or a token's account and no wallet, and what is paid there would be lost. Nothing was proposed. Ask the recipient for a wallet's address."
    SolanaNotEnoughTokens {} "The wallet has fewer of these tokens than that. Nothing was proposed. Pay less."
    SolanaFrozen {} "Whoever issues this token has frozen the sender's or the recipient's account. Nothing was paid. Ask the issuer."
    SolanaNoTokenAccount {} "The recipient has no account that could take these tokens. Nothing was paid. Ask the recipient for another address."
    SolanaTokenRule {} "This token has a rule that this version can't obey. Nothing was proposed. Send it with another program, or not at all."
    SolanaNoKey {} "No key belongs to this address: a program decides what happens to what is paid there. Be sure that the recipient means it so."
    SolanaNewAddress {} "This address has never been used. If nobody has its key, what is paid there is lost: compare it letter by letter."
    SolanaMakesAccount { cost: String } "The recipient has no account for this token, so the wallet makes one and pays {cost} SOL for it."
    SolanaTokenGoverned {} "Whoever issues this token can stop it or take it back from anyone."
    SolanaTokenShownDifferently {} "Other programs may show another amount for this token."
    SolanaTokenFee {} "Whoever issues this token keeps a part of what is sent."
    SolanaNotSeenYet {} "The Solana server does not take the payment yet, or any more. It is tried again until that is certain."
    SolanaFailsNotEnough {} "There is not enough in the wallet for the payment, its fee and its deposit. Nothing was paid but, at most, the fee. Propose it again once there is more, or propose less."
    SolanaFails {} "The network refuses the payment. Nothing was paid but, at most, the fee. Check the recipient and the amount before you propose it again."
    SolanaAlreadyMarked {} "This transaction pays nothing but, at most, the fee: the marker that a payment leaves on the network, so that it is made only once, is there already. Either another transaction made the same payment, or somebody paid to the marker's address to prevent it. Look at what the wallet has paid; propose it again only if it is not there."
    SolanaBegunBefore {} "Signing had begun and was interrupted, and a device signs a payment only once. Nothing was paid, and the request has ended. Propose the payment again."
    NoLedger {} "Nothing is looked up for this wallet: its key has no address on a chain, or this device can't use it. Nothing was changed, and your money is not affected. Look at what the wallet's page says of its state."
    NotBitcoin {} "This wallet is not one of Bitcoin, so it has no coins that this transaction could spend. Nothing was proposed. Choose the wallet that the transaction was made for."
    TransactionUnreadable {} "That is no transaction that can be read here, and nothing was proposed. It must be a PSBT of version 0, with inputs and outputs. Save it anew in the program that made it."
    TransactionTooLarge {} "The transaction is too large for one request, which has room for about 230 coins or 500 outputs. Nothing was proposed. Make several smaller ones."
    TransactionForeign { number: String } "Input {number} of the transaction is no coin of this wallet, or does not say at which of its addresses it lies. Nothing was proposed, and your money is not affected. Check that the transaction was made for this wallet, on its network, by a program that knows the wallet's descriptor."
    TransactionNotTaproot { number: String } "Input {number} of the transaction is no plain taproot coin, and this wallet has no others. Nothing was proposed, and your money is not affected. Check that the transaction was made for this wallet."
    TransactionIncomplete { number: String } "Input {number} of the transaction does not say which coin it spends, so what would be paid can't be shown. Nothing was proposed. Save it anew, with the data of its inputs, in the program that made it."
    TransactionContradictory { number: String } "The transaction contradicts itself about the coin that its input {number} spends. Nothing was proposed, and your money is not affected. Don't use this file; make the transaction anew."
    TransactionSigned { number: String } "Input {number} of the transaction is signed already. Nothing was proposed, and nothing changed. If it was signed as it should be, publish it; else make it anew, without signatures."
    TransactionUnusual {} "The transaction asks for an unusual version, kind of signature or lock, which this wallet does not sign. Nothing was proposed, and your money is not affected. Make it anew with the usual settings."
    TransactionFalseChange { number: String } "Output {number} of the transaction claims to come back to this wallet, and does not: whoever made it may want to take that money. Nothing was proposed. Don't use this file, and check the program and the computer that it comes from."
    TransactionNoRecipient { number: String } "Output {number} of the transaction pays to no usual address, or carries too much data. Nothing was proposed. Check the recipient, and make the transaction anew."
    TransactionUnspendable { number: String } "What output {number} of the transaction pays could never be spent by anybody, so that money would be lost. Nothing was proposed. Check the recipient's address, and make the transaction anew."
    TransactionDust { number: String, minimum: String } "Output {number} of the transaction pays less than {minimum} satoshi, which nodes refuse to pass on. Nothing was proposed. Make the transaction anew with a higher amount."
    TransactionOverspent {} "The transaction pays more than it spends, so nobody would accept it. Nothing was proposed, and your money is not affected. Make it anew."
    TransactionAbsurdFee { satoshi: String } "The transaction would pay a fee of {satoshi} satoshi, more than nodes accept: most likely a mistake. Nothing was proposed, so nothing was lost. Make it anew with a lower fee."
    NotKept {} "That could not be stored on this device, so nothing was sent and nothing signed. Check that the disk is not full, then try again in a minute."
    TooManySignings {} "Too many requests are open: one device may have 8, and a wallet 64. Nothing was proposed. Cancel some, or wait until they are over."
    NotMeeting {} "This wallet can't sign on this device now, and nothing was signed. It is not finished, in quarantine or without its share, or this device has more than 20 wallets, of which only the newest meet."
    AskRefused {} "The creator did not let this device in. Nothing was made. If that surprises you, call them and compare the fingerprint words."
    AskNotAnswered {} "The creator did not answer. Nothing was made. Ask them whether the session is still open, and ask again."

    UnknownWallet { wallet: String } "There is no wallet “{wallet}” on this device."
    AmbiguousWallet { wallet: String } "Several wallets are named “{wallet}”. Use the ID instead."
    WalletUnfinished { names: Names } "The wallet is not finished: {names} must come back online and sign its certificate. It has no address until then."
    WalletUnfinishedByAll {} "The wallet is not finished: every device must come back online and sign its certificate. It has no address until then."
    WalletInUse {} "The wallet is in use. Only an unfinished one can be discarded."
    Quarantined {} "The safety words of this wallet did not match, so it shows no address. Send nothing to it and make a new one."
    NoAddress { network: String } "This wallet has no address on “{network}”."
    NoAddressAnywhere {} "This wallet has no address."
    SolanaHasOneAddress {} "A Solana wallet has one address: no index, no change."
    SolanaWallet {} "It is a Solana wallet."
    BitcoinNetworks {} "It has mainnet, testnet4, signet and regtest addresses."
    AddressIndexes {} "Indexes go from 0 to 2147483647."
    RawWallet {} "Its key signs raw messages; no chain can spend with it, so it has no address."

    OtherName { name: String } "That is not the wallet's name. Nothing was removed. Type “{name}” exactly as it stands here."
    WalletBeingMade {} "Other devices may still need this one to finish making the wallet. Nothing was removed. Wait until all have confirmed, or take its session from the list first; an unfinished wallet can be discarded."
    NotRemoved {} "The wallet is removed from the list, but its share could not be erased yet."
    GoesOnErasing {} "Permafrost goes on trying, also when it is started again."
    TooManyAddresses { most: String } "This wallet has given out {most} addresses, and Permafrost can't see yet which of them were paid. Other wallets stop looking after {most} unused addresses in a row, so money on a further one could seem lost. Use one of the earlier addresses again."
    UnknownContact {} "That device is not among the contacts."
    NameTaken { name: String } "Another device is already called “{name}”, or something that looks the same. Choose another name, so that the two can't be confused."
    NoCertificate {} "This is not a wallet's certificate. Choose the file that Permafrost wrote, or copy all of it."
    CertificateNewer {} "The certificate was written by a newer version of Permafrost. Update this device, then check it again."
    CertificateDamaged {} "The certificate is damaged: some of it is missing or was changed. It proves nothing. Get another copy from a device of the wallet."
    CertificateChanged {} "The certificate was changed: what it says for people is not what its devices signed. It proves nothing. Get another copy from a device of the wallet."
    CertificateRoster { name: String } "The list of members in the certificate is not signed by “{name}”, who is said to have created the wallet. It proves nothing."
    CertificateMessage { name: String } "What “{name}” is said to have sent is not what that device signed. The certificate proves nothing."
    CertificateNonce { name: String } "“{name}” opened another random number than it had committed to, so the safety words in the certificate prove nothing."
    CertificateProof { name: String } "“{name}” did not prove that it knew its part of the key, so it could have cancelled out the others' parts."
    CertificateKeys {} "The keys in the certificate do not follow from what its devices sent. It proves nothing."
    CertificateSignature { name: String } "The signature of “{name}” under the certificate is missing or wrong, so it does not prove that this device took part."
    DontTrustThatWallet {} "Don't send money to the wallet that it describes. Get another copy from a device of the wallet; if that fails too, talk to its members."

    DamagedBackup {} "The backup is damaged or is not one. Nothing was changed. Try another copy of it."
    NewerBackup {} "The backup was made by a newer version of Permafrost. Nothing was changed. Update this device, then try again."
    NotEmpty {} "This device already has wallets or runs a session. A backup can only be restored into an empty device: choose another device name for it. Nothing was changed."
    NoRandomness {} "The system's random number generator does not work, so no key can be made. Restart the computer."
    Closed {} "Permafrost is closing."

    InvalidAutoLock { most: String } "The idle time after which the app locks is 1 to {most} minutes, or none."
    IceServerScheme {} "A STUN or TURN server's address looks like stun:stun.example.org or turn:turn.example.org:3478."
    IceServerTransport {} "STUN and TURN servers are used over UDP only, not over TCP or TLS (stuns:, turns:, transport=tcp). Where UDP does not pass, devices talk through the signalling server, so no such server is needed."
    IceServerHost {} "The server's address has no valid host. It looks like turn:turn.example.org:3478."
    IceServerPort {} "The server's port is not a number from 1 to 65535."
    IceServerExtra {} "The server's address has something after its host and port that is not ?transport=udp."
    IceServerNoCredential {} "A TURN server needs a user and a password."
    IceServerNeedlessCredential {} "A STUN server takes no user and no password. If you have them, it is a TURN server: turn:HOST:PORT."
    IceServerControl {} "The TURN server's user and password can't have control characters, such as line breaks."
    IceServerTooLong { url: String, each: String } "The server's address can have {url} bytes at most, its user and its password {each} each."
    IceServerInvalid {} "That is not a STUN or TURN server's address."
    IceServerTwice { url: String } "{url} is in the list twice. Remove one."
    TooManyIceServers { most: String } "At most {most} STUN and TURN servers can be used. Remove some."
    IceCredentialsUnread {} "The passwords of your TURN servers can't be read from the keystore, so direct connections may not come up; sessions then run through the signalling server. Enter the passwords again in the settings."

    PortTaken { port: String } "Another program on this computer uses port {port}, so the server can't run there. Choose another port, or close that program and try again."
    PortHosted { port: String } "A Permafrost server already runs on port {port} of this computer, probably hosted by another device here. Set this device's server to its address, or choose another port."
    PortForbidden { port: String } "The system does not let Permafrost use port {port}. Choose one from 1024 to 65535."
    HostingFailed {} "The server on this computer could not run."
    HostingStopped {} "The server on this computer has stopped by itself."
    HostAgain {} "No wallet is affected. Try again, or choose another port."
    HostingBusy {} "The server on this computer already runs or is being started. Stop it first."
    HostingInUse {} "A session runs over the server on this computer. Finish or leave the session first."

    Reports { name: String } "“{name}” reports:"
    IsThisDevice { name: String } "“{name}” is this device."
    NothingLost {} "No wallet was made and no money is affected."
    ShareKept {} "This device keeps its share, since other devices may have finished; the wallet is listed as unfinished, has no address here, and must not receive money yet."
    ShareStillHere {} "The share is still here; the wallet is unfinished and has no address."
    FinishesByItself {} "It finishes by itself when all devices are online again; if one never will be, discard it on every device."
    ErasedByItself {} "It is erased by itself once every device has said that it gave up. Discard it earlier only if no device shows this wallet as finished."
    MendThenRestart {} "Mend that, then restart Permafrost: it finishes by itself."
    MendThenDiscard {} "Mend that, then discard the wallet again."
    MendThenTryAgain {} "Mend that, then try again with a new session."
    TryAgainAtOnce {} "You can try again at once with a new session."
    ServerSilent {} "The server could not be reached."
    CheckNetwork {} "Check the network and the server's address, then try again."
    ServerRefused {} "The server did not let this device in."
    TryAgainLater {} "Try again later, or use another server."
    CreatorNotMet {} "The creator was not met in this session. It may be old, or its creator may be offline or on another server."
    AskCreatorToWait {} "Ask the creator to keep the session open, check that both use the same server, and join again."
    SessionFull {} "This session is full: all its places are taken."
    AskForMorePlaces {} "Ask its creator to make a new session with more places."
    SessionHasBegun {} "This session has begun with other devices."
    SessionFinished {} "This session has finished: its wallet has been made."
    AskForNewId {} "Nobody can join it any more. Ask for a new session ID."
    SessionCancelled {} "This session was cancelled or failed before."
    AskCreatorForNewId {} "Ask its creator for a new session ID."
    NotSigned { names: Names } "{names} did not sign the certificate in time."
    YouCancelled {} "You cancelled the session."
    YouLeft {} "You left the session."
    YouEnded {} "You ended the session."
    NotAsAnnounced {} "The session is not the one that was announced: its creator, name, kind or numbers differ."
    NotAnnounced {} "Nobody can find this session on the server, or ask to be let in."
    SendIdInstead {} "Send the session ID to the others instead; they can join with it all the same."
    UnknownNetworkProposed { network: String } "The session is for the network “{network}”, which this version of Permafrost does not know for such a wallet."
    NoNetworkProposed {} "The session does not say for which network its wallet is."
    UpdateThenJoin {} "Update Permafrost on all devices, then make a new session."
    CompareWordsFirst {} "Talk to its creator, and compare the fingerprint words before you try again."
    NotErased {} "This device's share could not be erased."
    NotStored {} "This device could not store its share."
    NotResumed { wallet: String } "The key generation of “{wallet}” has not finished on every device, and this device can't go on with it."
    SecretsMissing {} "Its secrets are not in this device's keystore: the keystore is an older copy, or something was deleted from it."
    NothingErased {} "Nothing was erased, and the other devices' shares are not affected."
    ClosedMeanwhile {} "Permafrost was closed during the session."
    StorageFailed {} "The database gave an error."
    WalletRemoved {} "The wallet has been removed."
    Equivocation { name: String } "“{name}” sent different things to different devices."
    BadShare { name: String } "“{name}” sent a share that is not valid."
    BadProof { name: String } "“{name}” could not prove that it knows its part of the key."
    Contradiction { name: String } "“{name}” contradicted itself."
    Malformed { name: String } "“{name}” sent something that makes no sense."
    TalkToItsOwner {} "Talk to its owner: the device is faulty, tampered with or dishonest. Try again with a new session, if need be without it."
    OtherVersion { name: String } "“{name}” runs another version of Permafrost."
    UpdateAll {} "Update all devices, then try again."
    NotEverybodyJoined {} "Not everybody joined in time."
    SomebodySilent {} "Somebody did not answer in time."
    Silent { names: Names } "{names} did not answer in time."
    CheckItsConnection {} "Check its connection, then try again with a new session."
    RosterMismatch { name: String } "“{name}” started with other participants or settings than agreed."
    ConflictingProposals { first: String, second: String } "Both “{first}” and “{second}” claim to have created this session."
    SendIdAgain {} "One of them is not what it says. Make a new session and send its ID only to the people who belong to it."
    Left { name: String } "“{name}” left."
    Restarted { name: String } "“{name}” was restarted."
    Cancelled { name: String } "“{name}” ended the session."
    ItCouldNotStore { name: String } "“{name}” could not store its share."
    OwnerMustMend {} "Its owner must see to its keychain or disk; then try again with a new session."
    OwnFailure {} "This device could not do its part."
    RestartThenTryAgain {} "Restart Permafrost and try again with a new session."

    NotSaved { file: String } "“{file}” could not be saved."
    SaveElsewhere {} "What was there before is unchanged. Choose another folder, or make room on the disk, and save again."
    DiskFull {} "The disk is full."
    NotAllowed {} "The system does not allow it."
    NotWritable {} "What it lies on can't be written to."
    FolderGone {} "Its folder is not there."
    UsedElsewhere {} "Another program uses it."
    DatabaseFileDamaged {} "Its file is damaged."
    DatabaseOfNewer {} "A newer version of Permafrost wrote it."
    RecordDamaged {} "A record in it is damaged."
    TechnicalDetail { detail: String } "(Technical detail: {detail})"

    ServerNameUnknown {} "No address is found for the server's name."
    NobodyAtServer {} "Nothing answers at the server's address and port."
    NoWayToServer {} "There is no way to the server: this computer may be offline."
    ServerTooSlow {} "The server did not answer in time."
    ServerCertificate {} "The server's certificate is not trusted: it may have expired, or belong to another server."
    NoSignallingServer {} "What answers at the server's address is no signalling server."
    ServerNonsense {} "The server does not keep to the protocol."
    ConnectionBroke {} "The connection to the server broke."
    ServerQuiet {} "Nothing was heard from the server any more."
    ServerFull {} "The server is full."
    ServerTooManyFromHere {} "Too many devices use the server from this network."
    ServerRoomFull {} "Too many devices are in the session's room on the server."
    ServerTooManyRooms {} "This device or its network is in as many rooms on the server as it may be."
    ServerRoomExpired {} "The session's room has existed for as long as the server lets any."
    ServerAnnouncementsFull {} "The server lists as many sessions as it takes."
    ServerTooManyAnnouncements {} "This device or its network has as many sessions listed on the server as it may have."
    ServerRestarting {} "The server is restarting."
    ServerOtherVersion { version: String } "The server speaks version {version} of the protocol, and this device another one."
    ServerFoundUsTooSlow {} "The server heard nothing from this device for too long, or it took too long to listen."
    ServerRefusedMessage {} "The server refused something that this device sent."

    NoSaveDialog {} "Nothing was saved, since the system does not show its dialog for choosing a file. Restart Permafrost and try again."
    NotCopied {} "Nothing was copied, since the clipboard can't be used. Try again, or select the text and copy it by hand."
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_interfaces_know_every_text_by_a_name_of_its_own() {
        let union = MessageId::inline(&ts_rs::Config::default());
        let named: BTreeSet<_> = union.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        let name = |id: &MessageId| serde_json::to_value(id).unwrap().as_str().unwrap().to_owned();
        assert_eq!(named, MessageId::ALL.iter().map(name).collect());
        assert_eq!(named.len(), MessageId::ALL.len(), "no name twice");
    }

    #[test]
    fn a_text_goes_to_interfaces_with_its_name_and_values() {
        let part = MessagePart::Silent { names: ["Bob", "Carol"].into_iter().collect() };
        assert_eq!(part.to_string(), "“Bob”, “Carol” did not answer in time.");
        let wire = serde_json::to_value([part, MessagePart::Closed {}]).unwrap();
        let expected = serde_json::json!([
            { "id": "silent", "values": { "names": "Bob\nCarol" } },
            { "id": "closed", "values": {} },
        ]);
        assert_eq!(wire, expected);
    }
}
