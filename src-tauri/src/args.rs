//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};
use node::{NodeConfig, snapshot::KeystoreKind};
use serde::Deserialize;

use crate::tile::Tile;

/// How long the device's earlier window may take to say good-bye after it has gone from the screen.
const CLOSING: Duration = Duration::from_secs(8);

/// A wallet whose key never exists in one place: any t of n devices can sign.
#[derive(Debug, Parser)]
#[command(name = "permafrost-desktop", version)]
pub(crate) struct Args {
    /// Which of this computer's devices this is; each has its own identity and wallets
    #[arg(long, value_name = "NAME", env = "PERMAFROST_DEVICE")]
    device_id: Option<String>,
    /// The folder for the devices' data
    #[arg(long, value_name = "DIR", env = "PERMAFROST_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// The signalling server (ws://… or wss://…); remembered when none was set before
    #[arg(long, value_name = "URL", env = "PERMAFROST_SERVER")]
    server: Option<String>,
    /// Where secrets are kept; the window asks for a vault's passphrase
    #[arg(long, value_enum)]
    keystore: Option<KeystoreChoice>,
    /// Where on the screen the window opens: place 1/3 is the left of three
    #[arg(long, value_name = "N/COUNT")]
    pub(crate) tile: Option<Tile>,
    /// A `permafrost:` link that somebody sent; the window shows what it is
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<String>,
}

/// Where secrets are kept, as a person chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "camelCase")]
pub(crate) enum KeystoreChoice {
    /// The operating system's keychain
    Os,
    /// A file under a passphrase
    Vault,
}

impl From<KeystoreChoice> for KeystoreKind {
    fn from(choice: KeystoreChoice) -> Self {
        match choice {
            KeystoreChoice::Os => Self::Os,
            KeystoreChoice::Vault => Self::Vault,
        }
    }
}

impl From<Args> for NodeConfig {
    fn from(Args { device_id, data_dir, server, keystore, tile: _, link: _ }: Args) -> Self {
        Self {
            device: device_id,
            data_dir,
            server,
            keystore: keystore.map(Into::into),
            patience: CLOSING,
            app_lock: true,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_link_is_an_argument_of_its_own() {
        let args = Args::parse_from(["permafrost-desktop", "--device-id", "alice", "permafrost:pf1q"]);
        assert_eq!(args.link.as_deref(), Some("permafrost:pf1q"));
    }

    #[test]
    fn every_argument_reaches_the_node() {
        let line = "permafrost-desktop --device-id alice --data-dir /d --server ws://s:1 --keystore vault";
        let config = NodeConfig::from(Args::parse_from(line.split(' ')));
        assert_eq!(config.device.as_deref(), Some("alice"));
        assert_eq!(config.data_dir, Some(PathBuf::from("/d")));
        assert_eq!(config.server.as_deref(), Some("ws://s:1"));
        assert_eq!(config.keystore, Some(KeystoreKind::Vault));
    }
}
