//! The addresses under which other computers on the same network reach this one.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// The most that are shown.
const MOST: usize = 8;
/// Names of interfaces that lead to virtual machines, containers and tunnels, by their beginnings.
const VIRTUAL: [&str; 15] = [
    "br-",
    "docker",
    "lxc",
    "lxd",
    "podman",
    "tailscale",
    "tap",
    "tun",
    "utun",
    "veth",
    "vEthernet",
    "virbr",
    "vmnet",
    "wg",
    "zt",
];

/// IPv4 addresses on networks of its own, the best first; none when there is nothing but loopback.
pub(super) fn of_this_computer() -> Vec<Ipv4Addr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "the network interfaces can't be listed");
        Vec::new()
    });
    let found = interfaces.into_iter().filter(if_addrs::Interface::is_oper_up);
    let v4 = |interface: if_addrs::Interface| match interface.ip() {
        IpAddr::V4(address) => Some((interface.name, address)),
        IpAddr::V6(_) => None,
    };
    best_first(found.filter_map(v4).collect(), towards_others())
}

/// The address from which this computer would send to the internet. Nothing is sent.
fn towards_others() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address that nobody has (RFC 5737).
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

/// Private ones where there are any: what is said there is not encrypted on the way to the server.
fn best_first(mut found: Vec<(String, Ipv4Addr)>, towards_others: Option<Ipv4Addr>) -> Vec<Ipv4Addr> {
    found.retain(|(_, address)| {
        !address.is_loopback() && !address.is_link_local() && !address.is_unspecified()
    });
    if found.iter().any(|(_, address)| is_private(*address)) {
        found.retain(|(_, address)| is_private(*address));
    }
    let is_virtual = |name: &str| VIRTUAL.iter().any(|beginning| name.starts_with(beginning));
    found.sort_by_key(|(name, address)| (is_virtual(name), Some(*address) != towards_others));
    let mut addresses: Vec<_> = found.into_iter().map(|(_, address)| address).collect();
    addresses.dedup();
    addresses.truncate(MOST);
    addresses
}

fn is_private(address: Ipv4Addr) -> bool {
    // 100.64.0.0/10 is the providers' own (RFC 6598).
    let [a, b, ..] = address.octets();
    address.is_private() || (a == 100 && b & 0b1100_0000 == 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(found: &[(&str, [u8; 4])], towards_others: Option<[u8; 4]>) -> Vec<String> {
        let found = found.iter().map(|(name, address)| ((*name).to_owned(), (*address).into())).collect();
        best_first(found, towards_others.map(Into::into)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_address_on_the_way_to_others_comes_first_and_virtual_networks_last() {
        let found = [
            ("lo", [127, 0, 0, 1]),
            ("docker0", [172, 17, 0, 1]),
            ("eth0", [10, 0, 0, 5]),
            ("wlan0", [192, 168, 1, 20]),
            ("eth1", [169, 254, 3, 4]),
        ];
        let expected = ["192.168.1.20", "10.0.0.5", "172.17.0.1"];
        assert_eq!(sorted(&found, Some([192, 168, 1, 20])), expected);
        assert_eq!(sorted(&found[..1], None), [""; 0], "loopback alone is no network");
    }

    #[test]
    fn a_public_address_is_shown_only_where_there_is_no_private_one() {
        let found = [("eth0", [198, 51, 100, 7]), ("eth1", [100, 100, 1, 2])];
        assert_eq!(sorted(&found, Some([198, 51, 100, 7])), ["100.100.1.2"]);
        assert_eq!(sorted(&found[..1], None), ["198.51.100.7"]);
    }
}
