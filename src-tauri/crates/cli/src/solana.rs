//! Payments from Solana wallets, and the servers that they need.

use node::{
    Node, SolanaPayment,
    snapshot::{PaymentView, RequestView, SolanaServerView, TransferState},
};
use serde_json::json;

use crate::{
    commands::snapshot,
    output::{Failure, Output},
    signing,
};

/// A payment that is to be made.
pub(crate) struct Pay {
    pub(crate) payment: SolanaPayment,
    pub(crate) lifetime: u32,
}

/// Proposes a payment, approves it, and stays until the network has made it, or never will.
pub(crate) async fn pay(node: &Node, what: Pay, output: &Output) -> Result<(), Failure> {
    let Pay { payment, lifetime } = what;
    let draft = node.draft_solana_payment(payment.clone()).await?;
    for notice in &draft.notices {
        output.event("notice", notice, &format!("Note: {}", notice.message));
    }
    let request = node.propose_solana_payment(payment, lifetime).await?;
    signing::go_on(node, request, None, output).await
}

/// Chooses the server of a network, or none, and shows what is chosen.
pub(crate) async fn server(
    node: &Node,
    network: String,
    url: Option<String>,
    none: bool,
    output: &Output,
) -> Result<(), Failure> {
    if url.is_some() || none {
        node.set_solana_server(network.clone(), url).await?;
    }
    let now = snapshot(node);
    let view = now.solana_servers.iter().find(|server| server.network == network);
    let view = view.ok_or_else(|| {
        Failure::new("invalid_network", "Solana's networks are mainnet, devnet and testnet.")
    })?;
    let SolanaServerView { network, url, suggested } = view;
    let text = match url {
        Some(url) => format!(
            "Solana's {network} is looked up at {url}. Whoever runs it learns the wallets' addresses and this computer's."
        ),
        None => format!(
            "No server is chosen for Solana's {network}, so nothing is looked up or sent. A public one is {suggested}; it \
             learns the wallets' addresses and this computer's."
        ),
    };
    output.event("solana_server", view, &text);
    Ok(())
}

/// Says what became of a signed payment; `None` while that is not certain.
pub(crate) fn outcome(
    view: &RequestView,
    payment: &PaymentView,
    output: &Output,
) -> Option<Result<(), Failure>> {
    let transfer = payment.transfer.as_ref()?;
    let id = &transfer.id;
    let text = match (&transfer.state, &payment.problem) {
        (TransferState::Pending, Some(problem)) => format!("Payment {id} is signed. {}", problem.message),
        (TransferState::Pending, None) => format!("Payment {id} is signed and on its way."),
        (TransferState::Included { finalized: false }, _) => {
            format!("Payment {id} is made, and can hardly be undone.")
        }
        (TransferState::Included { finalized: true }, _) => format!("Payment {id} is made for good."),
        (TransferState::Failed { error }, _) => error.message.clone(),
        (TransferState::Expired, _) => EXPIRED.to_owned(),
        (TransferState::Unknown, _) => format!(
            "Payment {id} is signed. This device can't tell whether it was made: look for it with an explorer of \
             {}, or choose a server.",
            payment.network
        ),
    };
    output.event("payment", json!({ "request": view.id, "payment": payment }), &text);
    match &transfer.state {
        TransferState::Included { finalized: true } => Some(Ok(())),
        TransferState::Failed { error } => Some(Err(Failure::new(&error.code, &error.message))),
        TransferState::Expired => Some(Err(Failure::new("payment_expired", EXPIRED))),
        TransferState::Unknown => Some(Ok(())),
        // Only the device that proposed it sends it.
        TransferState::Pending | TransferState::Included { .. } if !view.own => Some(Ok(())),
        TransferState::Pending | TransferState::Included { .. } => None,
    }
}

const EXPIRED: &str = "The network took the payment in no block in time, so nothing was paid, and nothing will be: its block \
                       is too old. Propose it again.";
