//! The command line.

use std::{convert::Infallible, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

/// A wallet whose key never exists in one place: any t of n devices can sign.
#[derive(Debug, Parser)]
#[command(name = "permafrost", version)]
pub(crate) struct Args {
    /// Which of this computer's devices this is; each has its own identity and wallets
    #[arg(long, global = true, value_name = "NAME", env = "PERMAFROST_DEVICE")]
    pub(crate) device_id: Option<String>,
    /// The folder for the devices' data
    #[arg(long, global = true, value_name = "DIR", env = "PERMAFROST_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The signalling server (ws://… or wss://…); remembered when none was set before
    #[arg(long, global = true, value_name = "URL", env = "PERMAFROST_SERVER")]
    pub(crate) server: Option<String>,
    /// Where secrets are kept; a vault's passphrase is asked for, or read from the first line of standard input
    #[arg(long, global = true, value_enum)]
    pub(crate) keystore: Option<KeystoreArg>,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Give up on a round after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) round_timeout: u64,
    /// Give up waiting for others to join after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) join_timeout: u64,
    /// Don't try direct connections: send everything, end-to-end encrypted, through the server
    #[arg(long, global = true)]
    pub(crate) relay_only: bool,
    /// A server for direct connections through NATs: stun:HOST or turn:HOST,USER,PASSWORD, where HOST may end with :PORT; repeatable
    #[arg(long, global = true, value_name = "SERVER", env = "PERMAFROST_ICE_SERVERS", hide_env_values = true, value_delimiter = ' ', value_parser = secret)]
    pub(crate) ice_server: Vec<SecretString>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KeystoreArg {
    /// The operating system's keychain
    Os,
    /// A file under a passphrase
    Vault,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a wallet: prints the session ID that the other devices join
    Create {
        /// The wallet's name
        #[arg(long)]
        name: String,
        /// What it is for: ed25519 (Solana), secp256k1-tr (Bitcoin) or secp256k1 (raw messages)
        #[arg(long)]
        curve: String,
        /// Its network: mainnet, testnet4, signet or regtest for Bitcoin, mainnet, devnet or testnet for Solana
        #[arg(long)]
        network: Option<String>,
        /// Devices that hold a share
        #[arg(long)]
        participants: u32,
        /// Devices that must agree to sign
        #[arg(long)]
        threshold: u32,
        /// Let others on the server see the session and ask to join. You are asked about each of them; with --json, or
        /// where standard input is no terminal, they wait for a line `admit ID` or `refuse ID` on standard input, with
        /// the ID of the event `join_request`
        #[arg(long)]
        announce: bool,
        /// Let in everybody who asks, without asking here (for tests and demonstrations)
        #[arg(long, requires = "announce")]
        admit_all: bool,
    },
    /// Join a session by its pasted ID
    Join {
        /// The session ID; blanks, line breaks and text around it don't matter
        #[arg(required = true, num_args = 1..)]
        session_id: Vec<String>,
        /// Agree to what the session makes without being asked
        #[arg(long)]
        yes: bool,
        /// Use the server that the ID names even if it is not the one set here
        #[arg(long)]
        other_server: bool,
    },
    /// List the sessions announced on the server
    Sessions,
    /// Ask an announced session's creator to be let in, and join
    Ask {
        /// The announcement's ID, as `sessions` lists it
        announcement: String,
        /// Agree to what the session makes without being asked
        #[arg(long)]
        yes: bool,
    },
    /// List this device's wallets
    Wallets,
    /// Print a wallet's address
    Address {
        /// The wallet's name or ID
        wallet: String,
        /// Another network than the wallet's own (Bitcoin: mainnet, testnet4, signet or regtest)
        #[arg(long)]
        network: Option<String>,
        /// The address's index (Bitcoin); without it the one to give out now, or the first of change and of other networks
        #[arg(long)]
        index: Option<u32>,
        /// A change address (Bitcoin)
        #[arg(long)]
        change: bool,
        /// Move on to the next receive address, and print that (Bitcoin)
        #[arg(long, conflicts_with_all = ["network", "index", "change"])]
        fresh: bool,
    },
    /// Give a wallet another name on this device
    Rename {
        /// The wallet's name or ID
        wallet: String,
        /// The new name
        name: String,
    },
    /// Erase this device's share of a finished wallet, and all else of it
    Remove {
        /// The wallet's name or ID
        wallet: String,
        /// The wallet's name once more, as a confirmation
        #[arg(long)]
        name: String,
    },
    /// Print a wallet's public data for other programs: enough to watch it, not to spend
    Export {
        /// The wallet's name or ID
        wallet: String,
    },
    /// Record whether the safety words are the same on all devices
    Verify {
        /// The wallet's name or ID
        wallet: String,
        /// They are the same
        #[arg(long, required_unless_present = "differ", conflicts_with = "differ")]
        r#match: bool,
        /// They differ: quarantine the wallet
        #[arg(long)]
        differ: bool,
    },
    /// Print a wallet's ceremony certificate
    Certificate {
        /// The wallet's name or ID
        wallet: String,
    },
    /// Check a wallet's certificate, whoever it comes from; asks nobody
    CheckCertificate {
        /// The file
        file: PathBuf,
    },
    /// Look up what a wallet has
    Balance {
        /// The wallet's name or ID
        wallet: String,
        /// For how many seconds the node or server is waited for
        #[arg(long, default_value_t = 300)]
        wait: u64,
    },
    /// List the transactions of a wallet, the newest first; of a Solana wallet the latest fifty
    History {
        /// The wallet's name or ID
        wallet: String,
        /// As a table for other programs (CSV)
        #[arg(long)]
        csv: bool,
        /// For how many seconds the node or server is waited for
        #[arg(long, default_value_t = 300)]
        wait: u64,
    },
    /// Show or choose the signalling server on which this device meets others
    Server {
        /// Its address, such as wss://meet.example.org
        #[arg(long, conflicts_with = "none")]
        url: Option<String>,
        /// None: what is hosted here, or what a session ID names
        #[arg(long)]
        none: bool,
    },
    /// Show or choose where the wallets of a Bitcoin network are looked up: your own node, or an Esplora server
    BitcoinNode {
        /// mainnet, testnet4, signet or regtest
        network: String,
        /// Where the node's RPC server listens, such as http://127.0.0.1:8332
        #[arg(long, requires = "login", conflicts_with_all = ["none", "esplora"])]
        url: Option<String>,
        /// The whole path of its cookie file, usually .cookie in the node's data folder
        #[arg(long, requires = "url", group = "login", value_name = "FILE")]
        cookie: Option<String>,
        /// A user that the node's settings name (rpcauth or rpcuser), instead of the cookie file. The password is asked for,
        /// or read from the next line of standard input; an empty one keeps the stored one of the same user at the same
        /// host. Over http, which only a node on this computer or its own network may have, it is not encrypted
        #[arg(long, requires = "url", group = "login", value_name = "NAME")]
        user: Option<String>,
        /// An Esplora server instead; it learns the wallets' addresses
        #[arg(long, value_name = "URL", conflicts_with = "none")]
        esplora: Option<String>,
        /// Nowhere: nothing is looked up
        #[arg(long)]
        none: bool,
    },
    /// Ask the members of a wallet to sign a payment, approve it here, and see it sent
    #[command(group = clap::ArgGroup::new("how_much").required(true))]
    Pay {
        /// The wallet's name or ID
        wallet: String,
        /// The recipient's address; for bitcoin also a payment request (bitcoin:…)
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// How much, in BTC, SOL or tokens, such as 1.25
        #[arg(long, group = "how_much")]
        amount: Option<String>,
        /// All that there is, without the fee (Bitcoin)
        #[arg(long, group = "how_much")]
        all: bool,
        /// The amount that the payment request states (Bitcoin)
        #[arg(long, group = "how_much")]
        as_requested: bool,
        /// The fee in satoshi for each virtual byte; by default what is usual for the next hour (Bitcoin)
        #[arg(long, value_name = "RATE")]
        fee_rate: Option<f64>,
        /// A coin to be spent, as `coins` lists it; several can be given (Bitcoin)
        #[arg(long, value_name = "TXID:N")]
        coin: Vec<String>,
        /// The fee may be out of all proportion (Bitcoin); on a terminal that is asked
        #[arg(long)]
        extreme_fee: bool,
        /// A note for this device's history (Bitcoin)
        #[arg(long, value_name = "TEXT")]
        label: Option<String>,
        /// Write the transaction to a file for another program, and ask nobody (Bitcoin)
        #[arg(long, value_name = "FILE")]
        psbt_out: Option<PathBuf>,
        /// The address of the token's mint; without it SOL is paid (Solana)
        #[arg(long, value_name = "MINT")]
        token: Option<String>,
        /// A note that everyone can read for ever (Solana)
        #[arg(long, value_name = "TEXT")]
        memo: Option<String>,
        /// For how many seconds it can be approved
        #[arg(long, default_value_t = 86_400)]
        expires_in: u32,
    },
    /// Ask for a higher fee for a transaction that is in no block yet (Bitcoin)
    Bump {
        /// The wallet's name or ID
        wallet: String,
        /// The transaction's ID, as `history` lists it
        txid: String,
        /// The fee in satoshi for each virtual byte
        #[arg(long, value_name = "RATE")]
        fee_rate: f64,
        /// The only recipient gets so much less, if the transaction brings no change back
        #[arg(long)]
        recipient_pays: bool,
        /// The fee may be out of all proportion; on a terminal that is asked
        #[arg(long)]
        extreme_fee: bool,
        /// For how many seconds it can be approved
        #[arg(long, default_value_t = 86_400)]
        expires_in: u32,
    },
    /// List the coins of a Bitcoin wallet that are not spent
    Coins {
        /// The wallet's name or ID
        wallet: String,
        /// For how many seconds the source is waited for
        #[arg(long, default_value_t = 300)]
        wait: u64,
    },
    /// Send the signed transaction of a request, whoever proposed it (Bitcoin)
    Publish {
        /// The request's ID
        request: String,
    },
    /// Note something on a transaction or an address of a Bitcoin or Solana wallet, on this device alone
    Label {
        /// The wallet's name or ID
        wallet: String,
        /// A transaction's ID or an address
        reference: String,
        /// The note; an empty one takes it away
        text: String,
    },
    /// Print a wallet's notes for other programs (BIP-329), or take such in
    Labels {
        /// The wallet's name or ID
        wallet: String,
        /// The file to take notes from
        #[arg(long, value_name = "FILE")]
        import: Option<PathBuf>,
    },
    /// Show or choose the server where wallets of a Solana network are looked up and payments from them are sent
    SolanaServer {
        /// mainnet, devnet or testnet
        network: String,
        /// The server's address (JSON-RPC over HTTPS)
        #[arg(long, conflicts_with = "none")]
        url: Option<String>,
        /// No server: nothing is looked up or sent
        #[arg(long)]
        none: bool,
    },
    /// Ask the members of a wallet to sign a message, a file or a transaction, approve it here, and wait for the signature
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Sign {
        /// The wallet's name or ID
        wallet: String,
        /// The text to sign
        #[arg(long, group = "what")]
        message: Option<String>,
        /// The file to sign; only its name, size and hash leave this device
        #[arg(long, group = "what")]
        file: Option<PathBuf>,
        /// The Bitcoin transaction to sign: a PSBT that another program made, as bytes or base64 text
        #[arg(long, group = "what", value_name = "FILE")]
        psbt: Option<PathBuf>,
        /// Where what was signed is written to: a message with its signature, a transaction in hex
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The request of this device that the transaction takes the place of
        #[arg(long, value_name = "REQUEST", requires = "psbt")]
        supersedes: Option<String>,
        /// The index of the receive address that signs (Bitcoin)
        #[arg(long, default_value_t = 0)]
        index: u32,
        /// For how many seconds it can be approved
        #[arg(long, default_value_t = 86_400)]
        expires_in: u32,
    },
    /// List requests to sign
    Requests {
        /// For how many seconds other members are asked for what they know
        #[arg(long, default_value_t = 5)]
        wait: u64,
    },
    /// Read what a request would sign, approve it, and wait for the signature
    Approve {
        /// The request's ID, as `requests` lists it
        request: String,
        /// This device's copy of the file to be signed: only the same one is
        #[arg(long)]
        file: Option<PathBuf>,
        /// Approve a file that this device does not have: whoever asks could mean another one
        #[arg(long, conflicts_with = "file")]
        without_file: bool,
        /// Where what was signed is written to: a message with its signature, a transaction in hex
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Approve without being asked
        #[arg(long, conflicts_with = "ask")]
        yes: bool,
        /// Ask also where standard input is no terminal: approve once a line says `yes`
        #[arg(long)]
        ask: bool,
        /// For how many seconds a member that knows the request is waited for
        #[arg(long, default_value_t = 60)]
        wait: u64,
    },
    /// Tell the other members that this device does not sign a request
    Reject {
        /// The request's ID
        request: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        /// For how many seconds a member that knows the request is waited for
        #[arg(long, default_value_t = 60)]
        wait: u64,
    },
    /// End a request of this device
    Cancel {
        /// The request's ID
        request: String,
    },
    /// Verify a signed message, whoever it comes from; asks nobody
    VerifyMessage {
        /// The signed message, as `sign --out` writes it
        message: PathBuf,
        /// The file that was signed
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// List the devices that this one has met
    Contacts,
    /// Change what this device knows of another
    #[command(group = clap::ArgGroup::new("change").required(true))]
    Contact {
        /// The other device's ID, as `contacts` lists it
        device: String,
        /// A name of one's own for it; an empty one goes back to its own
        #[arg(long, group = "change")]
        name: Option<String>,
        /// Its fingerprint words were compared
        #[arg(long, group = "change")]
        verified: bool,
        /// They were not
        #[arg(long, group = "change")]
        unverified: bool,
        /// Forget it until the next wallet made together
        #[arg(long, group = "change")]
        forget: bool,
    },
    /// Finish ceremonies that were interrupted; waits for the other devices
    Resume,
    /// Erase this device's share of a wallet whose ceremony can't be finished
    Discard {
        /// The wallet's name or ID
        wallet: String,
        /// Yes, erase it
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Write this device's identity and finished wallets, encrypted with a passphrase, to a new file
    Backup {
        /// The file; must not exist
        file: PathBuf,
    },
    /// Make this device, which must have no wallets, the one that was backed up
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Print this device's name, identity and fingerprint words
    Device,
}

/// Takes anything: it is checked where an error does not repeat it, since it may hold a password.
fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
}
