//! Ports for programs that must be told theirs.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

use rand::Rng;

/// A TCP port on which nothing listens.
///
/// It is from below the range from which Linux takes the ports of outgoing connections (32768 to 60999),
/// so no connection of another test can have it by the time that a program listens on it. It starts
/// anywhere, since other processes may choose at the same time, and is never given out twice.
pub fn free_port() -> u16 {
    const RANGE: std::ops::Range<u16> = 10_000..32_000;
    static NEXT: LazyLock<AtomicU16> =
        LazyLock::new(|| AtomicU16::new(rand::thread_rng().gen_range(RANGE.start..RANGE.end - 2_000)));
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(RANGE.contains(&port), "no port below {} is free", RANGE.end);
        if TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok() {
            return port;
        }
    }
}
