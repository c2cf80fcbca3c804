//! Finding a session ID in pasted text, and telling what is wrong with one that doesn't check.

use std::str::FromStr;

use bech32::{Bech32m, primitives::decode::CheckedHrpstring};
use signalling::ServerUrl;
use zeroize::Zeroizing;

use super::{HEAD, HRP, SECRET, SessionId, SessionIdError, SessionSecret, VERSION};

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const PREFIX: &[u8] = b"pf1";
const CHECKSUM: usize = 6;
/// Characters before the URL: the prefix and the first 18 bytes, rounded up.
const HEAD_CHARS: usize = PREFIX.len() + (HEAD * 8).div_ceil(5);
/// The characters that hold the length byte's bits: 28th and 29th after the prefix.
const LENGTH_CHARS: std::ops::Range<usize> = HEAD_CHARS - 2..HEAD_CHARS;
/// A code never has more characters: 18 + 255 bytes.
const MOST_CHARS: usize = PREFIX.len() + ((HEAD + 255) * 8).div_ceil(5) + CHECKSUM;
/// Words that one code may have been broken into.
const MOST_PIECES: usize = 40;
/// Text beyond this is not looked at.
const MOST_TEXT: usize = 16 * 1024;
/// Places where a code may begin that are looked at in one text.
const MOST_STARTS: usize = 4;

pub(super) fn parse(text: &str) -> Result<SessionId, SessionIdError> {
    let text: Zeroizing<String> =
        Zeroizing::new(text.chars().take(MOST_TEXT).filter(|c| !is_invisible(*c)).collect());
    let mut error = None;
    for start in starts(&text).take(MOST_STARTS) {
        match at(text.get(start..).unwrap_or_default()) {
            Ok(id) => return Ok(id),
            Err(e) => error = error.or(Some(e)),
        }
    }
    Err(error.or_else(|| mistyped_prefix(&text)).unwrap_or(SessionIdError::NotFound))
}

/// Characters that mail programs and web pages put into long words.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Positions of "pf1" where a word begins.
fn starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.char_indices().filter_map(|(at, _)| {
        let begins =
            text.get(at..at + PREFIX.len()).is_some_and(|s| s.as_bytes().eq_ignore_ascii_case(PREFIX));
        let inside = text.get(..at).and_then(|s| s.chars().next_back()).is_some_and(char::is_alphanumeric);
        (begins && !inside).then_some(at)
    })
}

/// Reads the code with which `text` begins: the longest run of pieces that checks, else a diagnosis.
fn at(text: &str) -> Result<SessionId, SessionIdError> {
    let mut candidates: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    let mut code = Zeroizing::new(Vec::new());
    for word in text.split_whitespace().take(MOST_PIECES) {
        let piece = word.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let whole = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if code.len() + whole.len() > MOST_CHARS {
            // A word that is too long for any code still counts as its beginning.
            if candidates.is_empty() {
                return Err(SessionIdError::Typo { position: None });
            }
            break;
        }
        let mut interrupted = code.clone();
        code.extend(piece.bytes().map(|c| c.to_ascii_lowercase()));
        if let Some(bytes) = checked(&code) {
            return decode(&bytes);
        }
        if piece.len() == word.len() {
            candidates.push(code.clone());
            continue;
        }
        interrupted.extend(ascii(whole));
        candidates.push(interrupted);
        break;
    }
    let typo = candidates.iter().find_map(|code| single_typo(code));
    if let Some(position) = typo {
        return Err(SessionIdError::Typo { position: Some(position) });
    }
    let complete =
        candidates.iter().any(|code| expected_chars(code).is_some_and(|chars| chars <= code.len()));
    if complete {
        Err(SessionIdError::Typo { position: foreign(&candidates) })
    } else {
        Err(SessionIdError::Incomplete)
    }
}

/// The payload of `code` if its checksum holds and its padding is canonical.
fn checked(code: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let code = std::str::from_utf8(code).ok()?;
    let parsed = CheckedHrpstring::new::<Bech32m>(code).ok()?;
    if parsed.hrp() != HRP {
        return None;
    }
    let bytes = Zeroizing::new(parsed.byte_iter().collect::<Vec<_>>());
    let again = Zeroizing::new(bech32::encode_lower::<Bech32m>(HRP, &bytes).ok()?);
    (*again == *code).then_some(bytes)
}

fn decode(bytes: &[u8]) -> Result<SessionId, SessionIdError> {
    let typo = SessionIdError::Typo { position: None };
    let (&version, rest) = bytes.split_first().ok_or(typo)?;
    if version != VERSION {
        return Err(SessionIdError::NewerVersion(version));
    }
    let (secret, rest) = rest.split_first_chunk::<SECRET>().ok_or(typo)?;
    let (&length, url) = rest.split_first().ok_or(typo)?;
    if url.len() != usize::from(length) {
        return Err(typo);
    }
    let server = match url {
        [] => None,
        _ => {
            let url = std::str::from_utf8(url).map_err(|_| SessionIdError::BadServer)?;
            Some(ServerUrl::from_str(url).map_err(|_| SessionIdError::BadServer)?)
        }
    };
    Ok(SessionId { secret: SessionSecret::from_bytes(*secret), server })
}

/// The characters that a code has whose length byte reads as this one's does.
fn expected_chars(code: &[u8]) -> Option<usize> {
    let bits = |i: usize| ALPHABET.iter().position(|c| Some(c) == code.get(i));
    let length = (bits(LENGTH_CHARS.start)? << 4 | bits(LENGTH_CHARS.start + 1)? >> 1) & 0xff;
    Some(PREFIX.len() + ((HEAD + length) * 8).div_ceil(5) + CHECKSUM)
}

/// The position, from 1, of the one character whose replacement makes `code` check.
fn single_typo(code: &[u8]) -> Option<usize> {
    let as_declared = expected_chars(code) == Some(code.len());
    let mut trial = Zeroizing::new(code.to_vec());
    (PREFIX.len()..code.len()).filter(|i| as_declared || LENGTH_CHARS.contains(i)).find_map(|i| {
        let original = *trial.get(i)?;
        let found = ALPHABET.iter().any(|&c| {
            if let Some(slot) = trial.get_mut(i) {
                *slot = c;
            }
            c != original && checked(&trial).is_some()
        });
        if let Some(slot) = trial.get_mut(i) {
            *slot = original;
        }
        found.then_some(i + 1)
    })
}

/// The position, from 1, of the only character that no code contains, if there is exactly one.
fn foreign(candidates: &[Zeroizing<Vec<u8>>]) -> Option<usize> {
    let code = candidates.first()?;
    let mut found = code.iter().enumerate().skip(PREFIX.len()).filter(|(_, c)| !ALPHABET.contains(c));
    let (i, _) = found.next()?;
    found.next().is_none().then_some(i + 1)
}

/// A word that would be a code if one of its first three characters were another.
fn mistyped_prefix(text: &str) -> Option<SessionIdError> {
    let words =
        text.split_whitespace().filter(|word| (HEAD_CHARS..=MOST_CHARS).contains(&word.chars().count()));
    words.take(MOST_STARTS).find_map(|word| {
        let code = Zeroizing::new(ascii(word).collect::<Vec<_>>());
        let (head, tail) = code.split_at_checked(PREFIX.len())?;
        let mended = Zeroizing::new([PREFIX, tail].concat());
        let mut wrong = head.iter().zip(PREFIX).enumerate().filter(|(_, (is, should))| is != should);
        let (i, _) = wrong.next()?;
        (wrong.next().is_none() && checked(&mended).is_some())
            .then_some(SessionIdError::Typo { position: Some(i + 1) })
    })
}

/// The characters of `word`, one byte each: lower case, and `?` for what is not ASCII.
fn ascii(word: &str) -> impl Iterator<Item = u8> + '_ {
    word.chars().map(|c| u8::try_from(c).ok().filter(u8::is_ascii).map_or(b'?', |c| c.to_ascii_lowercase()))
}
