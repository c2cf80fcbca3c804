//! The document on the protocol has every code that a request or a session can end with.

use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../../docs/protocol.md");
/// Where codes are given their texts: each is the first field of a tuple.
const TEXTS: [&str; 8] = [
    include_str!("words.rs"),
    include_str!("solana.rs"),
    include_str!("source.rs"),
    include_str!("transaction.rs"),
    include_str!("money.rs"),
    include_str!("../certificate.rs"),
    include_str!("../failure.rs"),
    include_str!("../actor/announced.rs"),
];

/// What stands between quotation marks behind an opening bracket and before a comma.
fn codes(source: &str) -> BTreeSet<&str> {
    let is_code = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let parts: Vec<_> = source.split('"').collect();
    let found = parts.windows(3).filter(|part| {
        part[0].trim_end().ends_with('(')
            && part[2].starts_with(',')
            && is_code(part[1])
            && !part[1].is_empty()
    });
    found.map(|part| part[1]).collect()
}

#[test]
fn every_code_is_in_the_document() {
    let all: BTreeSet<_> = TEXTS.iter().flat_map(|source| codes(source)).collect();
    for known in
        ["unfinished", "solana_memo", "node_pruned", "dust", "certificate_newer", "bad_share", "refused"]
    {
        assert!(all.contains(known), "the test finds codes: {known} of {all:?}");
    }
    assert!(all.len() > 120, "all of them: {}", all.len());
    let missing: Vec<_> = all.iter().filter(|code| !DOCUMENT.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "docs/protocol.md does not know {missing:?}");
}
