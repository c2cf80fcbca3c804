//! What a user interface sees of a device: one [`Snapshot`] holds everything, and no secret.
//!
//! A snapshot is the whole state each time, so an interface holds none of its own and loses nothing
//! when it is reloaded. Times are milliseconds since the Unix epoch; keys and identifiers are lower-case
//! hex; the TypeScript types in `ui/src/bindings` are generated from these.
//!
//! - `device`: who it is, where its secrets are, its server.
//! - `ledger`: a Bitcoin wallet's money. `solana`: a Solana wallet's, and payments from it.
//! - `request`: requests to sign.
//! - `session`: sessions, and those who take part.
//! - `wallet`: wallets and certificates.
//! - `settings`: settings, and the server on this computer.

mod device;
mod ledger;
mod request;
mod session;
mod settings;
mod solana;
mod wallet;

use serde::Serialize;
use ts_rs::TS;

pub use self::{
    device::{DeviceView, KeystoreKind, KeystoreStatus, KeystoreView, ServerStatus, ServerView},
    ledger::{
        BalanceView, BitcoinDraftView, ChainSource, ChainSourceEntry, ChainSourceView, CoinView,
        FeeRatesView, LedgerView, PaidView, PaymentRequestView, PositionView, PublicationView, SyncView,
        TransactionView,
    },
    request::{
        DecisionView, FeeLevelView, FileView, LockView, MeaningView, MisbehaviourView, OutputView,
        PaymentView, RequestMemberView, RequestState, RequestView, SpendView, StandView, TargetView,
        TokenView, TransferState, TransferView,
    },
    session::{
        AnnouncedView, AskedState, AskedView, CiphersuiteView, ContactView, JoinRequestView, LinkKind,
        ParticipantView, ProposalView, Recognition, RoundName, RoundStatus, RoundView, SessionState,
        SessionView, WaitingFor,
    },
    settings::{
        BitcoinUnit, HostingView, IceServerEntry, IceServerView, LanguageChoice, LogLevel, Preferences,
        PreferencesChange, SettingsView, Theme,
    },
    solana::{
        HeldTokensView, NoticeView, SolanaDraftView, SolanaEffectView, SolanaLedgerView, SolanaServerView,
        SolanaSyncView, SolanaTransactionView, TokenChangeView,
    },
    wallet::{AddressView, CertificateView, DescriptorView, ReachableView, WalletStatus, WalletView},
};
pub use crate::message::{MessageId, MessagePart};

/// Everything that an interface shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Snapshot {
    /// Grows with every change.
    #[ts(type = "number")]
    pub revision: u64,
    /// This device.
    pub device: DeviceView,
    /// Where secrets are kept, and whether that works.
    pub keystore: KeystoreView,
    /// The signalling server.
    pub server: ServerView,
    /// Sessions that run or ended since the program started, newest first.
    pub sessions: Vec<SessionView>,
    /// Sessions that others announce on the server; empty unless browsing.
    pub announced: Vec<AnnouncedView>,
    /// Whether announced sessions are being looked for.
    pub browsing: bool,
    /// This device's requests to join announced sessions, newest first.
    pub asked: Vec<AskedView>,
    /// Wallets of which this device holds a share, by name.
    pub wallets: Vec<WalletView>,
    /// Requests to sign with them that are open or ended lately, newest first.
    pub requests: Vec<RequestView>,
    /// Devices that were met, by name.
    pub contacts: Vec<ContactView>,
    /// The device's settings.
    pub settings: SettingsView,
    /// Where Bitcoin wallets are looked up, for each network.
    pub chain_sources: Vec<ChainSourceView>,
    /// Where Solana wallets are looked up, for each network.
    pub solana_servers: Vec<SolanaServerView>,
    /// The signalling server on this computer.
    pub hosting: HostingView,
    /// What else its user must see to.
    pub problems: Vec<ErrorView>,
}

impl Snapshot {
    /// Before there is anything to show.
    pub(crate) fn empty() -> Self {
        Self {
            revision: 0,
            device: DeviceView { id: String::new(), name: String::new(), fingerprint: Vec::new() },
            keystore: KeystoreView {
                kind: KeystoreKind::Os,
                status: KeystoreStatus::NeedsPassphrase { fresh: true },
                can_switch: false,
            },
            server: ServerView { url: None, status: ServerStatus::Idle },
            sessions: Vec::new(),
            announced: Vec::new(),
            browsing: false,
            asked: Vec::new(),
            wallets: Vec::new(),
            requests: Vec::new(),
            contacts: Vec::new(),
            settings: SettingsView::new(false, Preferences::default(), Vec::new(), false),
            chain_sources: Vec::new(),
            solana_servers: Vec::new(),
            hosting: HostingView::Off,
            problems: Vec::new(),
        }
    }
}

/// What a person is told when something did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ErrorView {
    /// For programs.
    pub code: String,
    /// What happened, what it means for the money, what to do next, in English: the parts' texts, joined by blanks.
    pub message: String,
    /// The same for interfaces in other languages.
    pub parts: Vec<MessagePart>,
}
