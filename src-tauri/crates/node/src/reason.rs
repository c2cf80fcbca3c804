//! Why something outside this program did not work, in texts that interfaces can translate. What only an expert can read
//! comes last, as a detail.

use std::io;

use mesh::MeshError;
use rusqlite::ErrorCode;
use signalling::{Refusal, client::Trouble};

use crate::{
    message::MessagePart::{self, self as M},
    storage::StorageError,
};

/// A sentence, and the operating system's or a library's own words where they say more.
pub(crate) type Reason = Vec<MessagePart>;

/// What happened, why, and what to do; a detail comes after that.
pub fn explained(what: MessagePart, reason: &[MessagePart], next: Vec<MessagePart>) -> Vec<MessagePart> {
    let is_detail = |part: &&MessagePart| matches!(part, M::TechnicalDetail { .. });
    let (details, reasons): (Vec<_>, Vec<_>) = reason.iter().partition(is_detail);
    std::iter::once(what)
        .chain(reasons.into_iter().cloned())
        .chain(next)
        .chain(details.into_iter().cloned())
        .collect()
}

/// Why a file, a folder or a port could not be used.
pub fn of_io(error: &io::Error) -> Vec<MessagePart> {
    use io::ErrorKind as E;
    match error.kind() {
        E::StorageFull | E::QuotaExceeded | E::FileTooLarge => vec![M::DiskFull {}],
        E::PermissionDenied => vec![M::NotAllowed {}],
        E::ReadOnlyFilesystem => vec![M::NotWritable {}],
        E::NotFound | E::NotADirectory => vec![M::FolderGone {}],
        _ => detail(error),
    }
}

/// What only an expert can read.
pub(crate) fn detail(error: &impl ToString) -> Reason {
    vec![M::TechnicalDetail { detail: error.to_string() }]
}

/// Why the database could not be used.
pub(crate) fn of_storage(error: &StorageError) -> Reason {
    match error {
        StorageError::Newer(_) => vec![M::DatabaseOfNewer {}],
        StorageError::Damaged => vec![M::RecordDamaged {}],
        StorageError::Removed => vec![M::WalletRemoved {}],
        StorageError::Sqlite(error) => match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => vec![M::DiskFull {}],
            Some(ErrorCode::PermissionDenied) => vec![M::NotAllowed {}],
            Some(ErrorCode::ReadOnly) => vec![M::NotWritable {}],
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => vec![M::UsedElsewhere {}],
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => vec![M::DatabaseFileDamaged {}],
            _ => detail(error),
        },
    }
}

/// Why there is no connection to the server.
pub(crate) fn of_trouble(trouble: &Trouble) -> Reason {
    let (part, detail) = match trouble {
        Trouble::UnknownName { detail } => (M::ServerNameUnknown {}, Some(detail)),
        Trouble::NobodyThere => (M::NobodyAtServer {}, None),
        Trouble::NoWay => (M::NoWayToServer {}, None),
        Trouble::TooSlow => (M::ServerTooSlow {}, None),
        Trouble::Certificate { detail } => (M::ServerCertificate {}, Some(detail)),
        Trouble::OtherServer { detail } => (M::NoSignallingServer {}, Some(detail)),
        Trouble::Nonsense => (M::ServerNonsense {}, None),
        Trouble::Broke { detail } => (M::ConnectionBroke {}, Some(detail)),
        Trouble::Silent => (M::ServerQuiet {}, None),
        Trouble::Refused(refusal) => return vec![of_refusal(*refusal)],
        Trouble::Unreachable { detail } => (M::ServerSilent {}, Some(detail)),
        other => return detail(other),
    };
    let detail = detail.map(|detail| M::TechnicalDetail { detail: detail.clone() });
    std::iter::once(part).chain(detail).collect()
}

/// The same after a sentence that says already that the server could not be reached.
pub(crate) fn beyond_unreachable(reason: &[MessagePart]) -> Reason {
    reason.iter().filter(|part| **part != M::ServerSilent {}).cloned().collect()
}

/// Why the server turned this device away.
pub(crate) fn of_refusal(refusal: Refusal) -> MessagePart {
    match refusal {
        Refusal::ServerFull => M::ServerFull {},
        Refusal::TooManyConnections => M::ServerTooManyFromHere {},
        Refusal::RoomFull => M::ServerRoomFull {},
        Refusal::TooManyRooms => M::ServerTooManyRooms {},
        Refusal::RoomExpired => M::ServerRoomExpired {},
        Refusal::AnnouncementsFull => M::ServerAnnouncementsFull {},
        Refusal::TooManyAnnouncements => M::ServerTooManyAnnouncements {},
        Refusal::Restarting => M::ServerRestarting {},
        Refusal::UnsupportedVersion { server } => M::ServerOtherVersion { version: server.to_string() },
        Refusal::SlowConsumer | Refusal::Idle => M::ServerFoundUsTooSlow {},
        _ => M::ServerRefusedMessage {},
    }
}

/// Why the session's room could not be entered.
pub(crate) fn of_mesh(error: &MeshError) -> Reason {
    match error {
        MeshError::Random(_) => vec![M::NoRandomness {}],
        error => detail(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_for_experts_comes_after_what_to_do() {
        let odd = io::Error::other("odd");
        let parts = explained(M::NotStored {}, &of_io(&odd), vec![M::MendThenTryAgain {}]);
        let detail = M::TechnicalDetail { detail: "odd".to_owned() };
        assert_eq!(parts, [M::NotStored {}, M::MendThenTryAgain {}, detail]);
    }

    #[test]
    fn what_happens_to_disks_is_said_in_words_that_can_be_translated() {
        let errno = |number| of_io(&io::Error::from_raw_os_error(number));
        #[cfg(target_os = "linux")]
        for (number, part) in [(28, M::DiskFull {}), (13, M::NotAllowed {}), (30, M::NotWritable {})] {
            assert_eq!(errno(number), [part]);
        }
        let sqlite = |code| {
            of_storage(&StorageError::Sqlite(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(code),
                None,
            )))
        };
        assert_eq!(sqlite(rusqlite::ffi::SQLITE_FULL), [M::DiskFull {}]);
        assert_eq!(sqlite(rusqlite::ffi::SQLITE_READONLY), [M::NotWritable {}]);
        assert_eq!(sqlite(rusqlite::ffi::SQLITE_NOTADB), [M::DatabaseFileDamaged {}]);
    }
}
