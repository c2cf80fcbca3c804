//! What wallets' chains are like, as servers of the owner's choice tell it.

pub(crate) mod bitcoin;
mod http;
pub(crate) mod labels;
pub(crate) mod solana;

use url::{Host, Url};

/// The longest address of a server, in bytes.
const LONGEST_ADDRESS: usize = 500;

/// A server's address, if what is said there stays between the two: `https`, or `http` on this computer or its own
/// network.
fn server_url(text: &str) -> Option<Url> {
    let text = text.trim();
    let url = (text.len() <= LONGEST_ADDRESS).then(|| Url::parse(text).ok()).flatten()?;
    // The parser takes any number for an address: `12`, which may be the beginning of a longer one, for 0.0.0.12.
    let is_whole = !matches!(url.host()?, Host::Ipv4(ip) if !text.contains(&ip.to_string()));
    let is_near = match url.host()? {
        Host::Ipv4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Host::Ipv6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Host::Domain(name) => name == "localhost",
    };
    let is_good = match url.scheme() {
        "https" => true,
        "http" => is_near,
        _ => false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (is_good && is_plain && is_whole).then_some(url)
}
