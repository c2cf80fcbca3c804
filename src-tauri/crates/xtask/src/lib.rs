//! The project's own commands: `cargo xtask setup | start | demo | test | bench | package | icons | licences`.
//!
//! The binary is where to start reading: `main.rs` parses the command line, and each command is a module
//! (`setup`, `launch`, `suite`). This library holds the one part that the tests need as well: a private D-Bus
//! session with an unlocked keyring, for machines where nobody is logged in to a desktop.

mod session;

pub use session::{PrivateSession, StartError, user_session_has_secret_service};
