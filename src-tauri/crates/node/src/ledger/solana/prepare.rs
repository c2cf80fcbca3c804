//! From what a person wants to pay to an intent, held against what the chain is like.

use chains::solana::{
    Address, Intent, Network, SolanaAddress,
    amount::{self, SOL_DECIMALS},
    fee::Priority,
    intent::{IntentError, Payment, TokenPayment},
    marker::{Marker, PaymentId},
    memo::Memo,
    review::{Facts, Notice, TokenFacts, review},
    rpc::{GetAccount, GetBalance, GetPriorityPrices, GetRentMinimum},
    token::{Mint, TokenProgram, associated_account},
};

use super::{SolanaError, rpc::Server};
use crate::NodeError;

/// The most that is bid for a place in a block, in lamports.
const MOST_BID: u64 = 100_000;

/// What a person wants, as far as it can be checked without asking anybody.
pub(crate) struct Wanted {
    pub(crate) payer: SolanaAddress,
    pub(crate) network: Network,
    pub(crate) to: Address,
    /// In SOL or in tokens.
    pub(crate) amount: String,
    pub(crate) token: Option<Address>,
    pub(crate) memo: Option<Memo>,
}

/// What a payment is, and all that there is to know about it.
pub(crate) struct Prepared {
    pub(crate) intent: Intent,
    pub(crate) notices: Vec<Notice>,
}

impl Prepared {
    /// Fails if the network would refuse it, so that nobody is asked for approval in vain.
    pub(crate) fn feasible(self) -> Result<Intent, SolanaError> {
        match self.notices.into_iter().find(Notice::is_fatal) {
            Some(notice) => Err(SolanaError::Notice(notice)),
            None => Ok(self.intent),
        }
    }
}

/// Asks the server for all that a payment depends on.
pub(crate) async fn prepare(server: &Server, wanted: Wanted) -> Result<Prepared, NodeError> {
    let Wanted { payer, network, to, amount, token, memo } = wanted;
    let (payment, token_facts) = match token {
        None => {
            let lamports = amount::parse(&amount, SOL_DECIMALS).map_err(|_| SolanaError::Amount)?;
            (Payment::Sol { to, lamports }, None)
        }
        Some(mint) => {
            let (payment, facts) = token_payment(server, payer, to, mint, &amount).await?;
            (Payment::Token(payment), Some(facts))
        }
    };
    let priority = bid(server, payer, &payment, memo.as_ref()).await?;
    let least = server.ask(&GetRentMinimum(0)).await?;
    let intent = Intent::new(payer, network, payment, memo, priority, marker(least)?);
    let intent = intent.map_err(SolanaError::Intent)?;
    let facts = Facts {
        balance: server.ask(&GetBalance(payer.into())).await?,
        least,
        recipient: server.ask(&GetAccount(to)).await?,
        token: token_facts,
    };
    let notices = review(&intent, &facts);
    Ok(Prepared { intent, notices })
}

async fn token_payment(
    server: &Server,
    payer: SolanaAddress,
    to: Address,
    mint: Address,
    amount: &str,
) -> Result<(TokenPayment, TokenFacts), SolanaError> {
    let lies = server.ask(&GetAccount(mint)).await?.ok_or(SolanaError::NoSuchToken)?;
    let program = TokenProgram::at(&lies.owner).ok_or(SolanaError::NoSuchToken)?;
    let read = Mint::parse(&lies.data, program).map_err(|_| SolanaError::NoSuchToken)?;
    let amount = amount::parse(amount, read.decimals).map_err(|_| SolanaError::Amount)?;
    let account = |owner: Address| associated_account(&owner, &mint, program).ok_or(SolanaError::Address);
    let source = server.ask(&GetAccount(account(payer.into())?)).await?;
    let destination = server.ask(&GetAccount(account(to)?)).await?;
    let account_cost = server.ask(&GetRentMinimum(read.account_length)).await?;
    let create_account = destination.is_none();
    let payment = TokenPayment { program, mint, decimals: read.decimals, to, amount, create_account };
    Ok((payment, TokenFacts { mint: Some(lies), source, destination, account_cost }))
}

/// A marker of its own for each payment, with as little in it as the network allows.
fn marker(least: u64) -> Result<Marker, NodeError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)?;
    let marker = Marker::new(PaymentId::from_bytes(id), least).map_err(IntentError::from);
    Ok(marker.map_err(SolanaError::Intent)?)
}

/// What three of four recent payments like it bid at most, within reason.
async fn bid(
    server: &Server,
    payer: SolanaAddress,
    payment: &Payment,
    memo: Option<&Memo>,
) -> Result<Priority, SolanaError> {
    let prices = server.ask(&GetPriorityPrices(vec![payer.into(), *payment.to()])).await?;
    let price = prices.get(prices.len().saturating_mul(3) / 4).copied().unwrap_or(0);
    let units = payment.units(memo);
    let most = Priority::of_at_most(MOST_BID, units);
    let bid = Priority::new(units, price).ok().filter(|bid| bid.fee().priority <= MOST_BID);
    bid.map_or(most, Ok).map_err(|error| SolanaError::Intent(error.into()))
}
