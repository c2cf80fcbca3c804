//! A payment held against what the chain is like, as this device's own server says: what people should know before they
//! approve it, and what makes it fail.

use super::{
    Address,
    intent::{Intent, Payment, TokenPayment},
    program::SYSTEM,
    rpc::Account,
    token::{BadToken, Mint, Rule, TokenAccount, TokenProgram},
};

/// What a device has read from the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The payer's lamports.
    pub balance: u64,
    /// The least that an address must keep, if it keeps anything, in lamports: the rent minimum for no data.
    pub least: u64,
    /// What lies at the recipient's address.
    pub recipient: Option<Account>,
    /// For a payment of tokens.
    pub token: Option<TokenFacts>,
}

/// What a device has read from the chain about tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// What lies at the mint's address.
    pub mint: Option<Account>,
    /// What lies at [`Intent::source`].
    pub source: Option<Account>,
    /// What lies at [`Intent::destination`].
    pub destination: Option<Account>,
    /// The rent minimum for [`Mint::account_length`], in lamports.
    pub account_cost: u64,
}

/// Something about a payment that people should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// There is too little SOL for it.
    NotEnoughSol {
        /// What it takes in all, in lamports.
        needed: u64,
        /// What is there.
        there: u64,
    },
    /// What is left would be less than an address must keep, and more than nothing.
    LeavesTooLittle {
        /// In lamports.
        least: u64,
    },
    /// The recipient has no SOL yet, and would have less than an address must keep.
    ReceivesTooLittle {
        /// In lamports.
        least: u64,
    },
    /// No key belongs to the recipient's address: a program governs it.
    NoKey,
    /// The recipient's address has never been used.
    NewAddress,
    /// At the recipient's address lies a program, a token account or a mint, and no wallet.
    NotAWallet,
    /// There is no such token, or nothing that could be read as one.
    NoSuchToken,
    /// The token has another number of decimals than the payment says.
    OtherDecimals {
        /// What it has.
        actual: u8,
    },
    /// There are too few tokens for it.
    NotEnoughTokens {
        /// What is there, in the smallest parts.
        there: u64,
    },
    /// The payer's or the recipient's token account is frozen.
    Frozen,
    /// The recipient has no token account, and the payment makes none.
    NoTokenAccount,
    /// The payment makes the recipient's token account, and the payer pays for it.
    MakesAccount {
        /// In lamports.
        cost: u64,
    },
    /// What lies where the recipient's token account should be is not the recipient's.
    ForeignAccount,
    /// A rule of this token that decides whether and how it can be sent.
    TokenRule(Rule),
    /// Of what is sent, whoever issues the token keeps at most so much.
    TokenFee {
        /// In the smallest parts.
        at_most: u64,
    },
}

impl Notice {
    /// Whether the network would refuse the payment, so that asking people for approval is no use.
    pub const fn is_fatal(&self) -> bool {
        match self {
            Self::NoKey | Self::NewAddress | Self::MakesAccount { .. } | Self::TokenFee { .. } => false,
            Self::TokenRule(rule) => {
                !matches!(rule, Rule::CanBePaused | Rule::CanBeTaken | Rule::ShownDifferently | Rule::Fee(_))
            }
            // SOL would arrive there, and be lost; nobody wants that.
            Self::NotAWallet => true,
            _ => true,
        }
    }
}

/// All that there is to know, in the order of the payment's parts.
pub fn review(intent: &Intent, facts: &Facts) -> Vec<Notice> {
    let mut notices = Vec::new();
    let to = intent.payment().to();
    if !to.is_on_curve() {
        notices.push(Notice::NoKey);
    }
    match &facts.recipient {
        None => notices.push(Notice::NewAddress),
        Some(account) if is_no_wallet(account) => notices.push(Notice::NotAWallet),
        Some(_) => {}
    }
    let spent = match intent.payment() {
        Payment::Sol { lamports, .. } => {
            let held = facts.recipient.as_ref().map_or(0, |account| account.balance);
            // The rent minimum of an address with data is higher, but that one has it already.
            if held.saturating_add(*lamports) < facts.least {
                notices.push(Notice::ReceivesTooLittle { least: facts.least });
            }
            *lamports
        }
        Payment::Token(payment) => {
            let cost = review_tokens(payment, facts.token.as_ref(), intent, &mut notices);
            if cost > 0 {
                notices.push(Notice::MakesAccount { cost });
            }
            cost
        }
    };
    let needed = spent.saturating_add(intent.fee().total()).saturating_add(intent.marker().deposit());
    match facts.balance.checked_sub(needed) {
        None => notices.push(Notice::NotEnoughSol { needed, there: facts.balance }),
        Some(left) if left > 0 && left < facts.least => {
            notices.push(Notice::LeavesTooLittle { least: facts.least });
        }
        Some(_) => {}
    }
    notices
}

fn is_no_wallet(account: &Account) -> bool {
    account.is_program
        || TokenProgram::at(&account.owner).is_some()
        || (account.owner == SYSTEM && account.length > 0)
}

/// Gives what making the recipient's account costs.
fn review_tokens(
    payment: &TokenPayment,
    facts: Option<&TokenFacts>,
    intent: &Intent,
    notices: &mut Vec<Notice>,
) -> u64 {
    let Some((facts, mint)) =
        facts.and_then(|facts| Some((facts, read_mint(facts.mint.as_ref()?, payment.program)?)))
    else {
        notices.push(Notice::NoSuchToken);
        return 0;
    };
    if mint.decimals != payment.decimals {
        notices.push(Notice::OtherDecimals { actual: mint.decimals });
    }
    let source = facts.source.as_ref().map(|account| read_tokens(account, payment, &intent.payer().into()));
    let there = match source {
        Some(Ok(source)) => {
            if source.is_frozen {
                notices.push(Notice::Frozen);
            }
            source.amount
        }
        _ => 0,
    };
    if there < payment.amount {
        notices.push(Notice::NotEnoughTokens { there });
    }
    for rule in &mint.rules {
        match rule {
            Rule::Fee(fee) if fee.at_most(payment.amount) > 0 => {
                notices.push(Notice::TokenFee { at_most: fee.at_most(payment.amount) });
            }
            Rule::Fee(_) => {}
            // What is there already was allowed.
            Rule::NewAccountsAreFrozen if facts.destination.is_some() => {}
            rule => notices.push(Notice::TokenRule(*rule)),
        }
    }
    match facts.destination.as_ref().filter(|account| account.owner != SYSTEM) {
        None if payment.create_account => return facts.account_cost,
        None => notices.push(Notice::NoTokenAccount),
        Some(account) => match read_tokens(account, payment, &payment.to) {
            Ok(account) if account.is_frozen => notices.push(Notice::Frozen),
            Ok(_) => {}
            Err(BadToken) => notices.push(Notice::ForeignAccount),
        },
    }
    0
}

/// A mint whose rules are all known: one with more data than was read could have others.
fn read_mint(account: &Account, program: TokenProgram) -> Option<Mint> {
    let is_whole = u64::try_from(account.data.len()) == Ok(account.length);
    let is_it = is_whole && account.owner == program.address();
    is_it.then(|| Mint::parse(&account.data, program).ok()).flatten()
}

fn read_tokens(account: &Account, payment: &TokenPayment, owner: &Address) -> Result<TokenAccount, BadToken> {
    let tokens = TokenAccount::parse(&account.data, payment.program)?;
    let is_it =
        account.owner == payment.program.address() && tokens.mint == payment.mint && tokens.owner == *owner;
    if is_it { Ok(tokens) } else { Err(BadToken) }
}
