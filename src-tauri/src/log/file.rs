//! The log's files: `log.txt` and, from before it, `log.old.txt`.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    mem,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

const NAME: &str = "log.txt";
const OLD_NAME: &str = "log.old.txt";
/// Of each of the two files.
const LARGEST: u64 = 1024 * 1024;
/// What is kept until there is a file.
const WAITING: usize = 64 * 1024;
/// What [`LogFile::tail`] gives.
const TAIL: u64 = 64 * 1024;

/// Two files that together never grow beyond 2 MiB.
#[derive(Debug, Default)]
pub(crate) struct LogFile(Mutex<Sink>);

#[derive(Debug)]
enum Sink {
    Waiting(VecDeque<u8>),
    Open { folder: PathBuf, file: File, written: u64 },
}

impl Default for Sink {
    fn default() -> Self {
        Self::Waiting(VecDeque::new())
    }
}

impl LogFile {
    /// Goes on in the files of this folder, which only their owner can read.
    pub(crate) fn open(&self, folder: &Path) -> io::Result<()> {
        let file = append(&folder.join(NAME))?;
        let written = file.metadata()?.len();
        let mut sink = self.sink();
        let mut open = Sink::Open { folder: folder.to_owned(), file, written };
        if let Sink::Waiting(waiting) = &mut *sink {
            open.write(mem::take(waiting).make_contiguous())?;
        }
        *sink = open;
        Ok(())
    }

    /// The newest 64 KiB, beginning with a whole line.
    pub(crate) fn tail(&self) -> String {
        let newest = match &mut *self.sink() {
            Sink::Waiting(waiting) => waiting.make_contiguous().to_vec(),
            Sink::Open { folder, .. } => {
                let mut newest = end_of(&folder.join(OLD_NAME));
                newest.extend(end_of(&folder.join(NAME)));
                let surplus = newest.len().saturating_sub(TAIL as usize);
                newest.split_off(surplus)
            }
        };
        let text = String::from_utf8_lossy(&newest);
        let is_cut = newest.len() >= TAIL.min(WAITING as u64) as usize;
        match text.split_once('\n') {
            Some((_, whole)) if is_cut => whole.to_owned(),
            _ => text.into_owned(),
        }
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Self::Waiting(waiting) => {
                waiting.extend(line);
                let surplus = waiting.len().saturating_sub(WAITING);
                waiting.drain(..surplus);
                Ok(())
            }
            Self::Open { folder, file, written } => {
                let (line, end) = match line.get(..LARGEST as usize - 1) {
                    Some(cut) => (cut, &b"\n"[..]),
                    None => (line, &b""[..]),
                };
                if *written + (line.len() + end.len()) as u64 > LARGEST {
                    fs::rename(folder.join(NAME), folder.join(OLD_NAME))?;
                    (*file, *written) = (append(&folder.join(NAME))?, 0);
                }
                *written += (line.len() + end.len()) as u64;
                file.write_all(line)?;
                file.write_all(end)
            }
        }
    }
}

/// An event at a time, as tracing writes them.
impl Write for &LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.sink().write(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn end_of(path: &Path) -> Vec<u8> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let surplus = file.metadata()?.len().saturating_sub(TAIL);
        file.seek(SeekFrom::Start(surplus))?;
        let mut end = Vec::new();
        file.take(TAIL).read_to_end(&mut end)?;
        Ok(end)
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(folder: &Path, name: &str) -> u64 {
        fs::metadata(folder.join(name)).map_or(0, |metadata| metadata.len())
    }

    #[test]
    fn what_is_logged_before_there_is_a_folder_is_in_the_file_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::default();
        (&log).write_all(b"first\n").unwrap();
        assert_eq!(log.tail(), "first\n");
        log.open(folder.path()).unwrap();
        (&log).write_all(b"second\n").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(NAME)).unwrap(), "first\nsecond\n");
        assert_eq!(log.tail(), "first\nsecond\n");
    }

    #[test]
    fn however_much_is_logged_the_files_stay_small_and_the_newest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::default();
        for _ in 0..100 {
            (&log).write_all(&[b'x'; 10_000]).unwrap();
        }
        log.open(folder.path()).unwrap();
        for number in 0..400 {
            (&log).write_all(format!("{number} {}\n", "y".repeat(10_000)).as_bytes()).unwrap();
        }
        (&log).write_all(&vec![b'z'; 3 * LARGEST as usize]).unwrap();
        (&log).write_all(b"last\n").unwrap();
        assert!(size(folder.path(), NAME) <= LARGEST);
        assert!(size(folder.path(), OLD_NAME) <= LARGEST);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(log.tail().ends_with("last\n"));
        assert!(log.tail().len() <= TAIL as usize);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_files() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::default();
        log.open(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
