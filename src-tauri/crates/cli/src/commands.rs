//! One function a command.

use std::{
    io::{BufRead as _, IsTerminal as _, Read as _, Write as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use node::{
    AddressRequest, BitcoinBump, CreateSession, IceServer, JoinPreview, Node, NodeConfig, NodeError,
    SetLabel, SolanaPayment, Timeouts,
    snapshot::{
        AskedState, ChainSourceEntry, ErrorView, KeystoreKind, KeystoreStatus, ServerStatus, Snapshot,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};
use zeroize::Zeroizing;

use crate::{
    args::{Args, Command, KeystoreArg},
    bitcoin,
    follow::{self, Door, Follow},
    input::yes,
    ledger,
    output::{Failure, Output},
    signing, solana, solana_ledger, wallets,
};

/// How long `sessions` and `ask` wait for the server's list.
const BROWSE: Duration = Duration::from_secs(10);
/// How long `resume` stays for devices that have not confirmed that they have finished.
const COMPANY: Duration = Duration::from_secs(20);
/// The code of an interrupted ceremony that this device can't go on with.
const STUCK: &str = "not_resumed";
/// The most bytes of a backup that is read.
const LARGEST_BACKUP: u64 = 64 * 1024 * 1024;
/// How long the list may stay unchanged before it counts as complete.
const SETTLE: Duration = Duration::from_millis(300);

/// Opens the device, runs the command and closes the device.
pub(crate) async fn run(args: Args, output: &Output) -> Result<(), Failure> {
    let needs_keys = !matches!(
        args.command,
        Command::Wallets
            | Command::Address { .. }
            | Command::Verify { .. }
            | Command::Certificate { .. }
            | Command::CheckCertificate { .. }
            | Command::Rename { .. }
            | Command::Export { .. }
            | Command::VerifyMessage { .. }
            | Command::SolanaServer { .. }
            | Command::BitcoinNode { .. }
            | Command::Server { .. }
            | Command::Balance { .. }
            | Command::History { .. }
            | Command::Coins { .. }
            | Command::Label { .. }
            | Command::Labels { .. }
            | Command::Contacts
            | Command::Contact { .. }
    );
    let meets = matches!(
        args.command,
        Command::Sign { .. }
            | Command::Pay { .. }
            | Command::Bump { .. }
            | Command::Publish { .. }
            | Command::Requests { .. }
            | Command::Approve { .. }
            | Command::Reject { .. }
            | Command::Cancel { .. }
    );
    let config = NodeConfig {
        device: args.device_id,
        data_dir: args.data_dir,
        server: args.server,
        keystore: args.keystore.map(|keystore| match keystore {
            KeystoreArg::Os => KeystoreKind::Os,
            KeystoreArg::Vault => KeystoreKind::Vault,
        }),
        resume: matches!(args.command, Command::Resume),
        meet: meets,
        look_up: matches!(
            args.command,
            Command::Balance { .. }
                | Command::History { .. }
                | Command::Coins { .. }
                | Command::Pay { .. }
                | Command::Bump { .. }
                | Command::Publish { .. }
        ),
        // A device that hosts meets others on its own server.
        host_again: matches!(
            args.command,
            Command::Create { .. }
                | Command::Join { .. }
                | Command::Sessions
                | Command::Ask { .. }
                | Command::Resume
        ) || meets,
        mesh: node::MeshConfig {
            relay_only: args.relay_only,
            ice_servers: ice_servers(&args.ice_server)?,
            ..node::MeshConfig::default()
        },
        timeouts: Timeouts {
            round: Duration::from_secs(args.round_timeout),
            absence: Duration::from_secs(args.round_timeout),
            joining: Duration::from_secs(args.join_timeout),
            ..Timeouts::default()
        },
        ..NodeConfig::default()
    };
    let node = Node::open(config).await?;
    let outcome = async {
        if needs_keys || ledger::needs_keystore(&node, &args.command) {
            open_keystore(&node).await?;
        }
        command(&node, args.command, output).await
    }
    .await;
    node.close().await;
    outcome
}

fn ice_servers(texts: &[SecretString]) -> Result<Vec<IceServer>, Failure> {
    if texts.len() > node::MAX_ICE_SERVERS {
        let message =
            format!("At most {} STUN and TURN servers can be given. Leave some out.", node::MAX_ICE_SERVERS);
        return Err(Failure::new("invalid_ice_server", &message));
    }
    let parse = |text: &SecretString| text.expose_secret().parse::<IceServer>();
    let servers: Result<_, _> = texts.iter().map(parse).collect();
    servers.map_err(|error| Failure::new("invalid_ice_server", &error.to_string()))
}

async fn command(node: &Node, command: Command, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Create { name, curve, network, participants, threshold, announce, admit_all } => {
            let request =
                CreateSession { name, ciphersuite: curve, threshold, participants, network, announce };
            let session = node.create_session(request).await?;
            let door = match (announce, admit_all) {
                (false, _) => Door::None,
                (true, true) => Door::Open,
                (true, false) if is_interactive(output) => Door::Asked,
                (true, false) => Door::Told,
            };
            Follow { node, session, output, consent: true, door }.run().await
        }
        Command::Join { session_id, yes: agreed, other_server } => {
            let text = session_id.join(" ");
            let preview = node.inspect_session_id(text.clone()).await?;
            let agrees = other_server || agrees_to_server(node, &preview, output).await;
            let session = node.join_session(text, agrees).await?;
            output.event(
                "joining",
                json!({ "server": preview.server }),
                &format!("Joining on {} …", preview.server),
            );
            let consent = agreed || !is_interactive(output);
            Follow { node, session, output, consent, door: Door::None }.run().await
        }
        Command::Sessions => sessions(node, output).await,
        Command::Ask { announcement, yes: agreed } => ask(node, &announcement, agreed, output).await,
        Command::Wallets => {
            wallets::list(&snapshot(node), output);
            Ok(())
        }
        Command::Address { wallet, fresh: true, .. } => {
            let address = node.fresh_address(wallet.clone()).await?;
            wallets::say_address(node, &wallet, &address, output);
            Ok(())
        }
        Command::Address { wallet, network, index, change, fresh: false } => {
            let own = network.is_none() && !change;
            let index = index.unwrap_or_else(|| if own { wallets::receive_index(node, &wallet) } else { 0 });
            let request = AddressRequest { wallet: wallet.clone(), network, change, index };
            let address = node.address(request).await?;
            wallets::say_address(node, &wallet, &address, output);
            Ok(())
        }
        Command::Rename { wallet, name } => {
            node.rename_wallet(wallet.clone(), name.clone()).await?;
            output.event("renamed", json!({ "wallet": wallet, "name": name }), "Renamed on this device.");
            Ok(())
        }
        Command::Remove { wallet, name } => {
            node.remove_wallet(wallet.clone(), name).await?;
            let text = "Removed: this device's share is erased. Other devices keep theirs.";
            output.event("removed", json!({ "wallet": wallet }), text);
            Ok(())
        }
        Command::Export { wallet } => wallets::export(node, wallet, output).await,
        Command::CheckCertificate { file } => wallets::check_certificate(node, &file, output).await,
        Command::Sign { wallet, psbt: Some(psbt), out, supersedes, expires_in, .. } => {
            let what = signing::ProposePsbt { wallet, psbt, out, supersedes, lifetime: expires_in };
            signing::sign_psbt(node, what, output).await
        }
        Command::Sign { wallet, message, file, out, index, expires_in, .. } => {
            let what = signing::Propose { wallet, message, file, out, index, lifetime: expires_in };
            signing::sign(node, what, output).await
        }
        Command::Pay { ref wallet, .. } if bitcoin::is_bitcoin(node, wallet) => {
            bitcoin::pay(node, command, output).await
        }
        Command::Pay { wallet, to, amount, token, memo, expires_in, .. } => {
            let amount = amount.ok_or_else(|| {
                Failure::new("invalid_amount", "A Solana payment needs an amount. Nothing was paid.")
            })?;
            let payment = SolanaPayment { wallet, to, amount, token, memo };
            solana::pay(node, solana::Pay { payment, lifetime: expires_in }, output).await
        }
        Command::Bump { wallet, txid, fee_rate, recipient_pays, extreme_fee, expires_in } => {
            let bump = BitcoinBump { wallet, txid, fee_rate, recipient_pays };
            bitcoin::bump(node, bump, expires_in, extreme_fee, output).await
        }
        Command::Coins { wallet, wait } => {
            ledger::coins(node, &wallet, Duration::from_secs(wait), output).await
        }
        Command::Publish { request } => bitcoin::publish(node, request, output).await,
        Command::Label { wallet, reference, text } => {
            node.set_label(SetLabel { wallet, reference, label: text }).await?;
            output.event("labelled", json!({}), "Noted on this device.");
            Ok(())
        }
        Command::Labels { wallet, import } => ledger::labels(node, wallet, import.as_deref(), output).await,
        Command::Balance { wallet, wait } => {
            let wait = Duration::from_secs(wait);
            match solana_ledger::is_of_solana(node, &wallet) {
                true => solana_ledger::balance(node, &wallet, wait, output).await,
                false => ledger::balance(node, &wallet, wait, output).await,
            }
        }
        Command::History { wallet, csv, wait } => {
            let wait = Duration::from_secs(wait);
            match solana_ledger::is_of_solana(node, &wallet) {
                true => solana_ledger::history(node, &wallet, csv, wait, output).await,
                false => ledger::history(node, &wallet, csv, wait, output).await,
            }
        }
        Command::Server { url, none } => server(node, url, none, output).await,
        Command::BitcoinNode { network, url, cookie, user, esplora, none } => {
            let source = match (url, cookie, user) {
                (Some(url), Some(cookie_file), _) => Some(ChainSourceEntry::Node { url, cookie_file }),
                (Some(url), None, Some(user)) => {
                    let password = Some(passphrase("password of the node's user", false).await?);
                    Some(ChainSourceEntry::NodeWithUser { url, user, password })
                }
                _ => esplora.map(|url| ChainSourceEntry::Esplora { url }),
            };
            ledger::bitcoin_node(node, network, source, none, output).await
        }
        Command::SolanaServer { network, url, none } => {
            solana::server(node, network, url, none, output).await
        }
        Command::Requests { wait } => signing::requests(node, Duration::from_secs(wait), output).await,
        Command::Approve { request, file, without_file, out, yes, ask, wait } => {
            let asks = ask || (!yes && is_interactive(output));
            let what = signing::Approve { request, file, without_file, out, asks };
            signing::approve(node, what, Duration::from_secs(wait), output).await
        }
        Command::Reject { request, reason, wait } => {
            signing::reject(node, &request, reason, Duration::from_secs(wait), output).await
        }
        Command::Cancel { request } => signing::cancel(node, &request, Duration::from_secs(10), output).await,
        Command::VerifyMessage { message, file } => signing::verify(&message, file.as_deref(), output),
        Command::Contacts => {
            wallets::contacts(&snapshot(node), output);
            Ok(())
        }
        Command::Contact { device, name, verified, forget, .. } => {
            wallets::change_contact(node, device, name, verified, forget, output).await
        }
        Command::Verify { wallet, r#match, .. } => {
            let question = "The wallet will show no address on this device any more, and that can't be undone. Do the words really differ?";
            if !r#match && is_interactive(output) && !yes(question).await {
                return Err(Failure::new("not_verified", "Nothing was recorded."));
            }
            node.confirm_words(wallet.clone(), r#match).await?;
            let text = if r#match {
                "Verified."
            } else {
                "Quarantined: send nothing to this wallet and make a new one."
            };
            output.event("verified", json!({ "wallet": wallet, "match": r#match }), text);
            Ok(())
        }
        Command::Certificate { wallet } => {
            let certificate = node.certificate(wallet).await?;
            output.event("certificate", &certificate, &format!("{certificate:#}"));
            Ok(())
        }
        Command::Resume => resume(node, output).await,
        Command::Discard { wallet, .. } => {
            node.discard_wallet(wallet.clone()).await?;
            output.event("discarded", json!({ "wallet": wallet }), "Erased.");
            Ok(())
        }
        Command::Backup { file } => back_up(node, &file, output).await,
        Command::Restore { file } => restore(node, &file, output).await,
        Command::Device => {
            let device = snapshot(node).device.clone();
            let text = format!("{}\n{}\n{}", device.name, device.id, device.fingerprint.join(" "));
            output.event("device", device, &text);
            Ok(())
        }
    }
}

/// Asks before a server is used that is not set here. A script, which can't be asked, agrees by naming no server
/// of its own.
async fn agrees_to_server(node: &Node, preview: &JoinPreview, output: &Output) -> bool {
    let has_own = snapshot(node).server.url.is_some();
    match preview.other_server {
        true if is_interactive(output) => {
            let note = if has_own { "which is not the server set here" } else { "and no server is set here" };
            yes(&format!("This session meets on {}, {note}. Use it?", preview.server)).await
        }
        other => !other || !has_own,
    }
}

pub(crate) fn snapshot(node: &Node) -> Arc<Snapshot> {
    node.snapshots().borrow().clone()
}

async fn back_up(node: &Node, file: &Path, output: &Output) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::new(
            "file",
            "That file exists already. Nothing was written; choose another name.",
        ));
    }
    let passphrase = passphrase("passphrase for the backup", true).await?;
    let backup = node.back_up(passphrase).await?;
    let write = || {
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(file)?;
        file.write_all(&backup)?;
        file.sync_all()
    };
    write().map_err(|error| Failure::new("file", &format!("The backup could not be written: {error}.")))?;
    let text = format!(
        "Written to {}. Keep it and its passphrase apart: whoever has both has this device's shares.",
        file.display()
    );
    output.event("backed_up", json!({ "file": file }), &text);
    Ok(())
}

/// Chooses the signalling server, or none, and shows what is chosen.
async fn server(node: &Node, url: Option<String>, none: bool, output: &Output) -> Result<(), Failure> {
    match (url, none) {
        (Some(url), _) => node.set_server(url).await?,
        (None, true) => node.clear_server().await?,
        (None, false) => {}
    }
    let url = snapshot(node).server.url.clone();
    let text = match &url {
        Some(url) => format!("This device meets others on {url}."),
        None => "No server is set: this device meets others on those that session IDs and wallets name."
            .to_owned(),
    };
    output.event("server", json!({ "url": url }), &text);
    Ok(())
}

const RESTORED: &str = "Restored. Use either this copy or the device that the backup is of, not both: the two would be one \
                        device for the others, and disturb each other's sessions and signatures.";

async fn restore(node: &Node, file: &Path, output: &Output) -> Result<(), Failure> {
    let read = || {
        std::fs::File::open(file).and_then(|file| {
            let mut backup = Vec::new();
            file.take(LARGEST_BACKUP).read_to_end(&mut backup).map(|_| backup)
        })
    };
    let backup =
        read().map_err(|error| Failure::new("file", &format!("The backup could not be read: {error}.")))?;
    let passphrase = passphrase("passphrase of the backup", false).await?;
    node.restore(backup, passphrase).await?;
    output.event("restored", json!({ "wallets": snapshot(node).wallets.len() }), RESTORED);
    wallets::list(&snapshot(node), output);
    Ok(())
}

pub(crate) fn is_interactive(output: &Output) -> bool {
    !output.is_json() && std::io::stdin().is_terminal()
}

async fn open_keystore(node: &Node) -> Result<(), Failure> {
    let status = snapshot(node).keystore.status.clone();
    match status {
        KeystoreStatus::Open => Ok(()),
        KeystoreStatus::Locked => Err(NodeError::AppLocked.into()),
        KeystoreStatus::Unavailable { error } => Err(error.into()),
        KeystoreStatus::NeedsPassphrase { fresh } => {
            Ok(node.unlock(passphrase("passphrase of this device's vault", fresh).await?).await?)
        }
    }
}

async fn passphrase(what: &'static str, fresh: bool) -> Result<SecretString, Failure> {
    let read = tokio::task::spawn_blocking(move || read_passphrase(what, fresh)).await;
    read.map_err(|_| NodeError::Closed)?
}

/// Asks for a passphrase on a terminal, twice for a new one; otherwise reads one line.
fn read_passphrase(what: &str, fresh: bool) -> Result<SecretString, Failure> {
    let unreadable = |_| Failure::new("passphrase", "The passphrase could not be read.");
    if !std::io::stdin().is_terminal() {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut line).map_err(unreadable)?;
        return Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let new = if fresh { "New " } else { "" };
    let passphrase = rpassword::prompt_password(format!("{new}{what}: ")).map_err(unreadable)?;
    if fresh && rpassword::prompt_password("Once more: ").map_err(unreadable)? != passphrase {
        return Err(Failure::new("passphrase", "The two passphrases differ. Nothing was stored; try again."));
    }
    Ok(passphrase.into())
}

/// Browses until the server's list has arrived and settled.
async fn browse(node: &Node, wanted: impl Fn(&Snapshot) -> bool) -> Result<Arc<Snapshot>, Failure> {
    node.browse(true).await?;
    let mut snapshots = node.snapshots();
    let deadline = Instant::now() + BROWSE;
    let connected = |snapshot: &Snapshot| snapshot.server.status == ServerStatus::Connected;
    let is_connected =
        matches!(timeout_at(deadline, snapshots.wait_for(|snapshot| connected(snapshot))).await, Ok(Ok(_)));
    if !is_connected {
        return Err(Failure::new(
            "server_unreachable",
            "The server could not be reached. Check the network and the server's address.",
        ));
    }
    settle(&mut snapshots, deadline, wanted).await;
    let snapshot = snapshots.borrow().clone();
    Ok(snapshot)
}

/// Waits until the wanted is there, or nothing changes any more.
async fn settle(
    snapshots: &mut watch::Receiver<Arc<Snapshot>>,
    deadline: Instant,
    wanted: impl Fn(&Snapshot) -> bool,
) {
    while !wanted(&snapshots.borrow_and_update()) {
        let until = deadline.min(Instant::now() + SETTLE);
        if !matches!(timeout_at(until, snapshots.changed()).await, Ok(Ok(()))) {
            return;
        }
    }
}

async fn sessions(node: &Node, output: &Output) -> Result<(), Failure> {
    let snapshot = browse(node, |_| false).await?;
    if snapshot.announced.is_empty() {
        output.say("No sessions are announced.");
    }
    for session in &snapshot.announced {
        let proposal = &session.proposal;
        let text = format!(
            "{}  “{}”, {}, {} of {}, by {}{}, {} joined\n    {}",
            session.id,
            proposal.name,
            follow::kind(proposal.ciphersuite, proposal.network.as_deref()),
            proposal.threshold,
            proposal.participants,
            proposal.by.name,
            wallets::recognition(&session.recognition),
            session.joined,
            proposal.by.fingerprint.join(" ")
        );
        output.event("announced", session, &text);
    }
    Ok(())
}

async fn ask(node: &Node, announcement: &str, agreed: bool, output: &Output) -> Result<(), Failure> {
    browse(node, |snapshot| snapshot.announced.iter().any(|session| session.id == announcement)).await?;
    node.ask_to_join(announcement.to_owned()).await?;
    output.event(
        "asked",
        json!({ "announcement": announcement }),
        "Asked. Waiting for the creator's answer …",
    );
    let mut snapshots = node.snapshots();
    let session = loop {
        let state = {
            let snapshot = snapshots.borrow_and_update();
            snapshot.asked.iter().find(|asked| asked.id == announcement).map(|asked| asked.state.clone())
        };
        match state {
            Some(AskedState::Admitted { session }) => break session,
            Some(AskedState::Ended { error }) => return Err(error.into()),
            Some(AskedState::Waiting { .. }) | None => {
                snapshots.changed().await.map_err(|_| NodeError::Closed)?
            }
        }
    };
    output.event("joining", json!({}), "Let in. Joining …");
    let consent = agreed || !is_interactive(output);
    Follow { node, session, output, consent, door: Door::None }.run().await
}

/// Waits until no ceremony of this device is unfinished; after that a while longer, for devices that may need
/// its signatures to finish theirs.
async fn resume(node: &Node, output: &Output) -> Result<(), Failure> {
    let mut snapshots = node.snapshots();
    let mut last = Value::Null;
    let (mut company, mut told) = (None, false);
    loop {
        let (stuck, mut unfinished, unconfirmed) = {
            let snapshot = snapshots.borrow_and_update();
            let unconfirmed = snapshot.wallets.iter().any(|wallet| !wallet.confirmed_by_all);
            let unfinished: Vec<_> = snapshot.wallets.iter().filter_map(wallets::unfinished).collect();
            let stuck = snapshot.problems.iter().filter(|problem| problem.code == STUCK);
            (stuck.cloned().collect::<Vec<_>>(), unfinished, unconfirmed)
        };
        let names: Vec<_> = stuck.iter().map(wallet_named).collect();
        unfinished.retain(|(wallet, _)| !names.contains(&json!(wallet)));
        if let (true, [problem, ..]) = (unfinished.is_empty(), stuck.as_slice()) {
            return Err(problem.clone().into());
        }
        let until = *company.get_or_insert_with(|| Instant::now() + COMPANY);
        let is_waiting = !unfinished.is_empty() || (unconfirmed && Instant::now() < until);
        if unfinished.is_empty() && !std::mem::replace(&mut told, true) {
            wallets::list(&snapshot(node), output);
        }
        if !is_waiting {
            return Ok(());
        }
        if !unfinished.is_empty() {
            company = None;
        }
        let now = json!({ "unfinished": unfinished, "unconfirmed": unconfirmed });
        if now != last {
            let mut texts: Vec<_> = unfinished
                .iter()
                .map(|(wallet, missing)| match missing.is_empty() {
                    true => format!(
                        "“{wallet}” waits for the other devices; Ctrl-C stops waiting, and nothing is lost"
                    ),
                    false => format!(
                        "“{wallet}” waits for {}; Ctrl-C stops waiting, and nothing is lost",
                        missing.join(", ")
                    ),
                })
                .collect();
            if texts.is_empty() {
                texts.push("Staying for devices that may not have finished …".to_owned());
            }
            output.event("resuming", &now, &texts.join("\n"));
            last = now;
        }
        match timeout_at(until, snapshots.changed()).await {
            Ok(changed) => changed.map_err(|_| NodeError::Closed)?,
            // Nothing but the time has changed.
            Err(_) if unfinished.is_empty() => {}
            Err(_) => snapshots.changed().await.map_err(|_| NodeError::Closed)?,
        }
    }
}

/// The wallet of which an error tells.
fn wallet_named(error: &ErrorView) -> Value {
    let parts = error.parts.iter().filter_map(|part| serde_json::to_value(part).ok());
    parts.filter_map(|part| part.pointer("/values/wallet").cloned()).next().unwrap_or_default()
}
