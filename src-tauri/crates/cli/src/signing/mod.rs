//! Proposing, approving and following requests to sign.

mod describe;

pub(crate) use self::describe::btc;

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use node::{
    MessageContent, Node, NodeError, ProposeMessage, ProposeTransaction, SignedMessage, SignedTransaction,
    snapshot::{
        ErrorView, FileView, MeaningView, PublicationView, RequestMemberView, RequestState, RequestView,
        Snapshot, SpendView, StandView,
    },
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::{sync::watch, time::timeout};

use self::describe::describe;
use crate::{
    commands::{is_interactive, snapshot},
    follow::interrupted,
    input::yes,
    output::{Failure, Output},
    solana,
};

/// The most bytes of a signed message's file that are read.
const LARGEST_MESSAGE: u64 = 1024 * 1024;
/// The most bytes of a PSBT's file that are read; the node refuses fewer.
const LARGEST_PSBT: u64 = 2 * 1024 * 1024;
/// By when an own proposal shows.
const PROPOSED: Duration = Duration::from_secs(10);

/// What is to be signed.
pub(crate) struct Propose {
    pub(crate) wallet: String,
    pub(crate) message: Option<String>,
    pub(crate) file: Option<PathBuf>,
    /// Where the message with its signature goes.
    pub(crate) out: Option<PathBuf>,
    pub(crate) index: u32,
    pub(crate) lifetime: u32,
}

/// A transaction that is to be signed.
pub(crate) struct ProposePsbt {
    pub(crate) wallet: String,
    pub(crate) psbt: PathBuf,
    pub(crate) out: Option<PathBuf>,
    pub(crate) supersedes: Option<String>,
    pub(crate) lifetime: u32,
}

/// What is approved.
pub(crate) struct Approve {
    pub(crate) request: String,
    /// This device's copy of the file to be signed.
    pub(crate) file: Option<PathBuf>,
    /// It is approved without one.
    pub(crate) without_file: bool,
    /// Where the signed message or transaction goes.
    pub(crate) out: Option<PathBuf>,
    /// Only if its user says yes.
    pub(crate) asks: bool,
}

/// Proposes a message, approves it, and stays until it is signed or over.
pub(crate) async fn sign(node: &Node, what: Propose, output: &Output) -> Result<(), Failure> {
    let content = match (what.message, &what.file) {
        (Some(text), _) => MessageContent::Text { text },
        (None, Some(file)) => digest(file)?,
        (None, None) => return Err(NodeError::InvalidMessage.into()),
    };
    let Propose { wallet, out, index, lifetime, .. } = what;
    let message = ProposeMessage { wallet, content, index, lifetime, supersedes: None };
    let request = node.propose_message(message).await?;
    node.approve_request(request.clone()).await?;
    proposed(&request, output);
    follow(node, &request, out.as_deref(), output).await
}

/// Proposes a transaction, approves it, and stays until it is signed or over.
pub(crate) async fn sign_psbt(node: &Node, what: ProposePsbt, output: &Output) -> Result<(), Failure> {
    let ProposePsbt { wallet, psbt, out, supersedes, lifetime } = what;
    let psbt = read_psbt(&psbt)?;
    let request = node
        .propose_transaction(ProposeTransaction {
            wallet,
            psbt,
            lifetime,
            supersedes,
            send: false,
            label: None,
        })
        .await?;
    go_on(node, request, out.as_deref(), output).await
}

/// Shows what this device has proposed, approves it if its user agrees, and stays until it is signed or over.
pub(crate) async fn go_on(
    node: &Node,
    request: String,
    out: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let view = find(node, &request, PROPOSED).await?;
    output.event("request", &view, &describe(&view));
    if is_interactive(output) && !yes("Sign this?").await {
        node.cancel_request(request).await?;
        return Err(Failure::new("not_approved", "The request was cancelled. Nothing was signed."));
    }
    node.approve_request(request.clone()).await?;
    proposed(&request, output);
    follow(node, &request, out, output).await
}

fn proposed(request: &str, output: &Output) {
    let text = format!("Request {request}\nApprove it on the other devices: permafrost approve {request}");
    output.event("proposed", json!({ "request": request }), &text);
}

/// Lists what is known after some time with the other members.
pub(crate) async fn requests(node: &Node, wait: Duration, output: &Output) -> Result<(), Failure> {
    let mut snapshots = node.snapshots();
    let _ = timeout(wait, async { while snapshots.changed().await.is_ok() {} }).await;
    let snapshot = snapshot(node);
    if snapshot.requests.is_empty() {
        output.say("There are no requests.");
    }
    for request in &snapshot.requests {
        output.event("request", request, &describe(request));
    }
    Ok(())
}

/// Shows what a request would sign, approves it if its user agrees, and stays until it is signed or over.
pub(crate) async fn approve(
    node: &Node,
    what: Approve,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    let Approve { request, file, without_file, out, asks } = what;
    let view = find(node, &request, wait).await?;
    match (&file, &view.meaning) {
        (Some(file), MeaningView::Message { file: Some(expected), .. }) => compare(file, expected)?,
        (Some(_), _) => return Err(other_file()),
        (None, MeaningView::Message { file: Some(expected), .. }) if !view.own && !without_file => {
            return Err(file_needed(expected));
        }
        (None, _) => {}
    }
    output.event("request", &view, &describe(&view));
    if asks && !yes("Sign this?").await {
        return Err(Failure::new(
            "not_approved",
            "Nothing was approved. To tell the others: permafrost reject.",
        ));
    }
    node.approve_request(request.clone()).await?;
    output.event("approved", json!({ "request": request }), "Approved.");
    follow(node, &request, out.as_deref(), output).await
}

/// Tells the others that this device does not sign.
pub(crate) async fn reject(
    node: &Node,
    request: &str,
    reason: Option<String>,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    find(node, request, wait).await?;
    node.reject_request(request.to_owned(), reason).await?;
    output.event("rejected", json!({ "request": request }), "Rejected.");
    Ok(())
}

/// Ends a request of this device for all.
pub(crate) async fn cancel(
    node: &Node,
    request: &str,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    find(node, request, wait).await?;
    node.cancel_request(request.to_owned()).await?;
    output.event("cancelled", json!({ "request": request }), "Cancelled.");
    Ok(())
}

/// Verifies a signed message from anybody; asks nobody.
pub(crate) fn verify(message: &Path, file: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(message)
        .and_then(|message| message.take(LARGEST_MESSAGE).read_to_string(&mut text).map(|_| ()));
    read.map_err(|error| Failure::new("file", &format!("The signed message could not be read: {error}.")))?;
    let signed = SignedMessage::verify(&text)?;
    if let Some(file) = file {
        let MessageContent::File { size, sha256, .. } = digest(file)? else { return Ok(()) };
        let says = format!("\nSize {size} bytes\nSHA-256 {sha256}");
        if !(signed.message.starts_with("File ") && signed.message.ends_with(&says)) {
            return Err(other_file());
        }
    }
    let text = format!("The signature holds: {} signed\n\n{}", signed.signer, signed.message);
    output.event("signed_message", &signed, &text);
    Ok(())
}

/// Waits until a request is known: this device's own are at once, others come with the members that know them.
pub(crate) async fn find(node: &Node, request: &str, wait: Duration) -> Result<RequestView, Failure> {
    let is_name = request.len() == 64 && request.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if !is_name {
        return Err(Failure::new(
            "invalid_request_id",
            "That is no request: one has 64 digits and letters from a to f. Nothing was done. permafrost requests lists them.",
        ));
    }
    let mut snapshots = node.snapshots();
    let known = |now: &Arc<Snapshot>| now.requests.iter().any(|view| view.id == request);
    let found = timeout(wait, snapshots.wait_for(known)).await;
    let view = match found {
        Ok(Ok(now)) => now.requests.iter().find(|view| view.id == request).cloned(),
        _ => None,
    };
    view.ok_or_else(|| NodeError::UnknownSigning.into())
}

/// Prints what happens until the request is signed or over. Ctrl-C leaves it open.
async fn follow(node: &Node, request: &str, out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let mut snapshots = node.snapshots();
    tokio::select! {
        outcome = ended(node, &mut snapshots, request, out, output) => outcome,
        _ = interrupted() => Err(Failure::new(
            "interrupted",
            "Interrupted: the request stays open, and so does this device's approval. To go on, approve it again.",
        )),
    }
}

async fn ended(
    node: &Node,
    snapshots: &mut watch::Receiver<Arc<Snapshot>>,
    request: &str,
    out: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let (mut last, mut said) = (Value::Null, String::new());
    loop {
        let view = snapshots.borrow_and_update().requests.iter().find(|view| view.id == request).cloned();
        let view = view.ok_or(NodeError::UnknownSigning)?;
        match &view.state {
            RequestState::Open { waiting_for, waiting_for_this, attempts, .. } => {
                let now = progress(&view);
                if now != last {
                    if let Some(problem) = problem(&view) {
                        output.event("problem", problem, &problem.message);
                    }
                    let own = waiting_for_this.then_some("this device");
                    let names: Vec<_> = waiting_for.iter().map(String::as_str).chain(own).collect();
                    let waiting = match names.as_slice() {
                        [] => "Signing …".to_owned(),
                        names => format!("Waiting for {}.", names.join(", ")),
                    };
                    let text = waiting + &describe::attempts(*attempts);
                    output.event("progress", &now, if text == said { "" } else { &text });
                    (last, said) = (now, text);
                }
            }
            RequestState::Signed => match &view.meaning {
                MeaningView::Bitcoin(spend) => return transaction(node, &view, spend, out, output).await,
                MeaningView::Solana(payment) => {
                    let now = json!(payment);
                    if now != last
                        && let Some(outcome) = solana::outcome(&view, payment, output)
                    {
                        return outcome;
                    }
                    last = now;
                }
                MeaningView::Message { .. } | MeaningView::Unreadable { .. } => {
                    return message(node, request, out, output).await;
                }
            },
            RequestState::Cancelled => {
                if let Some(problem) = problem(&view) {
                    return Err(problem.clone().into());
                }
                return Err(over("cancelled", "Its proposer cancelled the request.", &view));
            }
            RequestState::Superseded { by } => {
                let what = "Its proposer put another in its place.";
                return Err(over("superseded", what, &view).with("by", by.clone()));
            }
            RequestState::Expired => return Err(over("expired", "The time for the request is over.", &view)),
        }
        snapshots.changed().await.map_err(|_| NodeError::Closed)?;
    }
}

async fn message(node: &Node, request: &str, out: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let signed = node.signed_message(request.to_owned()).await?;
    let text = serde_json::to_string_pretty(&signed).unwrap_or_default();
    output.event("signed", json!({ "request": request, "signed_message": signed }), &text);
    write(out, text)
}

async fn transaction(
    node: &Node,
    view: &RequestView,
    spend: &SpendView,
    out: Option<&Path>,
    output: &Output,
) -> Result<(), Failure> {
    let SignedTransaction { txid, hex } = node.signed_transaction(view.id.clone()).await?;
    let text = format!("Transaction {txid} is signed. {}:\n\n{hex}", what_next(view, spend));
    output.event("transaction", json!({ "request": view.id, "txid": txid, "hex": hex }), &text);
    write(out, hex)
}

/// What becomes of a signed transaction. Of others' requests this device does not know who sends them.
fn what_next(view: &RequestView, spend: &SpendView) -> String {
    use PublicationView as P;
    match &spend.publication {
        Some(P::Pending | P::Confirmed { .. }) => "The network has it".to_owned(),
        Some(P::Unsent { sends: true, .. } | P::Unknown { sends: true }) => "This device sends it".to_owned(),
        _ if view.own => "Nothing is paid before somebody publishes it".to_owned(),
        _ => format!(
            "“{}” may be sending it already: look at the wallet before you pay the same again",
            view.proposer.name
        ),
    }
}

fn write(out: Option<&Path>, text: String) -> Result<(), Failure> {
    let Some(out) = out else { return Ok(()) };
    std::fs::write(out, text + "\n").map_err(|error| {
        Failure::new("file", &format!("It is signed, but could not be written to the file: {error}."))
    })
}

fn over(code: &str, what: &str, view: &RequestView) -> Failure {
    let text = match (view.may_still_be_made, view.own) {
        (true, _) => format!("{what}{}", describe::may_still_be_made(view)),
        // Its parts come here and nowhere else.
        (false, true) => format!("{what} Nothing was signed."),
        (false, false) => format!("{what} This device signed nothing."),
    };
    Failure::new(code, &text).with("may_still_be_made", view.may_still_be_made)
}

fn progress(view: &RequestView) -> Value {
    let names = |is: &dyn Fn(&RequestMemberView) -> bool| {
        view.members.iter().filter(|m| is(m)).map(|m| m.device.name.clone()).collect::<Vec<_>>()
    };
    let with = |stand: fn(&StandView) -> bool| names(&|member| stand(&member.stand));
    json!({
        "request": view.id,
        "approved": with(|s| matches!(s, StandView::Approved | StandView::Signing | StandView::Signed)),
        "rejected": with(|s| matches!(s, StandView::Rejected { .. })),
        "excluded": with(|s| matches!(s, StandView::Excluded)),
        "linked": names(&|member| member.linked),
        "misbehaved": names(&|member| member.misbehaved.is_some()),
        "threshold": view.threshold,
        "state": view.state,
        "problem": problem(view),
    })
}

/// Why this device can't do its part, or a payment does not go on.
fn problem(view: &RequestView) -> Option<&ErrorView> {
    view.problem.as_ref().or(match &view.meaning {
        MeaningView::Solana(payment) => payment.problem.as_ref(),
        MeaningView::Message { .. } | MeaningView::Bitcoin(_) | MeaningView::Unreadable { .. } => None,
    })
}

fn digest(path: &Path) -> Result<MessageContent, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::new("file", &format!("The file could not be read: {error}."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let size = std::io::copy(&mut file, &mut Hashing(&mut hash)).map_err(unreadable)?;
    Ok(MessageContent::File { name, size, sha256: hex::encode(hash.finalize()) })
}

/// A PSBT in base64, as files have it or not.
fn read_psbt(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST_PSBT).read_to_end(&mut bytes));
    read.map_err(|error| Failure::new("file", &format!("The transaction could not be read: {error}.")))?;
    match String::from_utf8(bytes) {
        Ok(text) if !text.starts_with("psbt") => Ok(text),
        Ok(text) => Ok(STANDARD.encode(text)),
        Err(error) => Ok(STANDARD.encode(error.as_bytes())),
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn compare(path: &Path, expected: &FileView) -> Result<(), Failure> {
    match digest(path)? {
        MessageContent::File { size, sha256, .. } if (size, &sha256) == (expected.size, &expected.sha256) => {
            Ok(())
        }
        _ => Err(other_file()),
    }
}

fn file_needed(expected: &FileView) -> Failure {
    let text = format!(
        "What would be signed is the file “{}”, of {} bytes and with the SHA-256 {}. Nothing was approved. Give your own copy \
         with --file: it is compared. To approve without having it: --without-file.",
        expected.name, expected.size, expected.sha256
    );
    Failure::new("file_needed", &text)
}

fn other_file() -> Failure {
    Failure::new(
        "other_file",
        "This is another file than the one named: its size or hash differs. Nothing was signed.",
    )
}
