//! `permafrost:` links, which come from anywhere: a web page, a QR code, the command line.

const SCHEME: &str = "permafrost:";
/// Much more than any session ID has.
const LONGEST: usize = 2048;

/// What a link carries, for the page to read as it reads pasted text: printable ASCII without blanks, at most 2 KiB.
///
/// `permafrost:pf1…`, `permafrost://pf1…` and `permafrost:join/pf1…` are the same link.
pub(crate) fn parse(link: &str) -> Option<String> {
    let link = link.trim();
    if link.len() > LONGEST {
        return None;
    }
    let (scheme, rest) = link.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let rest = rest.strip_prefix("join/").unwrap_or(rest);
    let text = rest.trim_end_matches('/');
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_link_gives_the_session_id_in_it() {
        for link in [
            "permafrost:pf1qxx3v6",
            "permafrost://pf1qxx3v6",
            "permafrost:join/pf1qxx3v6",
            "permafrost://join/pf1qxx3v6/",
            "PERMAFROST:pf1qxx3v6",
            " permafrost:pf1qxx3v6\n",
        ] {
            assert_eq!(parse(link).as_deref(), Some("pf1qxx3v6"), "{link}");
        }
        assert_eq!(parse("PERMAFROST:PF1QXX").as_deref(), Some("PF1QXX"), "as in a QR code of capitals");
    }

    #[test]
    fn what_is_no_link_is_not_passed_on() {
        let long = format!("permafrost:pf1{}", "q".repeat(LONGEST));
        for text in [
            "",
            "permafrost:",
            "permafrost://",
            "permafrost:join/",
            "pf1qxx3v6",
            "https://example.org/pf1",
            "permafrost:pf1?server=ws://elsewhere",
            "permafrost:<script>",
            "permafrost:pf1 q",
            "permafrost:pf1%20",
            "permafröst:pf1",
            "permafrost:ⓟⓕ1",
            &long,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
