//! Whether the ports are free and the host names of the sites lead to this machine.

use std::net::{IpAddr, Ipv4Addr, TcpListener, ToSocketAddrs};

use super::Finding;
use crate::sites;

/// Looks at the shared port, the ports after it, and the names.
pub(super) fn look(port: u16) -> Vec<Finding> {
    vec![shared_port(port), own_ports(port), names(port)]
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn shared_port(port: u16) -> Finding {
    if is_free(port) {
        return Finding::good("port", format!("{port} is free"));
    }
    let remedy = format!("if it is not your demo: openset demo --port {}", port.wrapping_add(100));
    Finding::notable("port", format!("{port} is in use; the demo takes the next free one"), remedy)
}

fn own_ports(port: u16) -> Finding {
    let of_sites = (1_u16..).take(sites::ALL.len()).filter_map(|step| port.checked_add(step));
    let taken: Vec<String> =
        of_sites.filter(|port| !is_free(*port)).map(|port| port.to_string()).collect();
    if taken.is_empty() {
        return Finding::good("site ports", format!("the {} after it are free", sites::ALL.len()));
    }
    let found = format!("in use: {}; those sites take later ones", taken.join(", "));
    Finding::notable("site ports", found, "nothing to do, or choose another --port")
}

/// Programs that ask the system for names (curl, Safari) need it to know `*.localhost`; browsers
/// such as Chromium and Firefox answer for it themselves.
fn names(port: u16) -> Finding {
    let leads_here = |host: &str| {
        (host, port).to_socket_addrs().is_ok_and(|mut found| {
            found.any(|address| {
                matches!(address.ip(), IpAddr::V4(ip) if ip.is_loopback())
                    || address.ip().is_loopback()
            })
        })
    };
    let hosts: Vec<String> = sites::ALL.iter().map(|site| site.host()).collect();
    match hosts.iter().find(|host| !leads_here(host)) {
        None => Finding::good("host names", "*.localhost leads to this machine"),
        Some(host) => Finding::notable(
            "host names",
            format!("the system does not know {host}; Chromium and Firefox do"),
            format!("for other programs add to /etc/hosts: 127.0.0.1 {}", hosts.join(" ")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_port_in_use_is_told_with_another_one() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let finding = shared_port(port);
        assert_eq!(finding.state, State::Notable);
        assert!(finding.found.contains(&port.to_string()), "{finding:?}");
        drop(listener);
        assert_eq!(shared_port(port).state, State::Good);
    }
}
