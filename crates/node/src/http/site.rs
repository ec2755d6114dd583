//! Sites: what one host name shows, and which names a port answers to.
//!
//! A browser that is led to our address under a foreign name (DNS rebinding, abuse case 37) finds
//! nothing here: there is no default site.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    http::{HeaderMap, Uri, header::HOST, uri::Authority},
};

/// The most octets a body of a page has: the limit of an initiation document.
const PAGE_OCTETS_MAX: usize = 64 * 1024;

/// One site: a name for logs and metrics, its host names, and what it answers.
#[derive(Debug, Clone)]
pub struct Site {
    /// What logs and metrics call it, such as `shop`.
    pub name: &'static str,
    /// The host names it is known by, without port, such as `shop.localhost`.
    pub hosts: Vec<String>,
    /// What it answers.
    pub router: Router,
    /// The most octets a request's body may have.
    pub body_octets_max: usize,
}

impl Site {
    /// A site known by one host name.
    pub fn new(name: &'static str, host: &str, router: Router) -> Self {
        let hosts = vec![host.to_ascii_lowercase()];
        Self { name, hosts, router, body_octets_max: PAGE_OCTETS_MAX }
    }

    /// The site with another limit for bodies.
    pub fn with_bodies_up_to(self, octets_max: usize) -> Self {
        Self { body_octets_max: octets_max, ..self }
    }
}

/// Which site stands behind which name, at one port.
#[derive(Debug, Clone)]
pub struct Doors(HashMap<String, Arc<Site>>);

impl Doors {
    /// Every site behind its own host names.
    pub fn by_host(sites: impl IntoIterator<Item = Site>) -> Self {
        let mut doors = HashMap::new();
        for site in sites.into_iter().map(Arc::new) {
            for host in &site.hosts {
                doors.insert(host.clone(), Arc::clone(&site));
            }
        }
        Self(doors)
    }

    /// One site alone, also behind the names of this machine: for a port of its own.
    pub fn only(site: Site) -> Self {
        let site = Arc::new(site);
        let here = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let names = here.into_iter().chain(site.hosts.iter().cloned());
        Self(names.map(|name| (name, Arc::clone(&site))).collect())
    }

    /// The site a request is for, if it is one of ours. The port in the name does not matter.
    pub(super) fn site_for(&self, uri: &Uri, headers: &HeaderMap) -> Option<Arc<Site>> {
        let mut named = headers.get_all(HOST).iter();
        let host = match (named.next(), named.next()) {
            (Some(only), None) => only.to_str().ok()?.parse::<Authority>().ok()?,
            _ => return None,
        };
        // RFC 9112, 3.2.2: a target that names a host is believed, and must be the same here.
        if uri.authority().is_some_and(|target| *target != host) {
            return None;
        }
        self.0.get(&host.host().to_ascii_lowercase()).map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn site_of(doors: &Doors, hosts: &[&'static str]) -> Option<&'static str> {
        let headers =
            hosts.iter().map(|host| (HOST, HeaderValue::from_static(host))).collect::<HeaderMap>();
        doors.site_for(&Uri::from_static("/set"), &headers).map(|site| site.name)
    }

    fn doors() -> Doors {
        Doors::by_host([
            Site::new("shop", "shop.localhost", Router::new()),
            Site::new("wallet", "wallet.localhost", Router::new()),
        ])
    }

    #[test]
    fn a_request_finds_its_site_by_host_whatever_the_port_or_case() {
        assert_eq!(site_of(&doors(), &["shop.localhost"]), Some("shop"));
        assert_eq!(site_of(&doors(), &["Wallet.LOCALHOST:7180"]), Some("wallet"));
    }

    #[test]
    fn foreign_missing_and_doubtful_hosts_find_nothing() {
        for hosts in [
            &[][..],
            &[""],
            &["evil.example"],
            &["127.0.0.1:7180"],
            &["localhost"],
            &["shop.localhost.evil.example"],
            &["shop.localhost", "shop.localhost"],
            &["shop.localhost", "evil.example"],
            &["shop.localhost/wallet"],
        ] {
            assert_eq!(site_of(&doors(), hosts), None, "{hosts:?}");
        }
    }

    #[test]
    fn a_port_of_its_own_answers_to_this_machine_and_to_nobody_else() {
        let doors = Doors::only(Site::new("shop", "shop.localhost", Router::new()));
        for host in ["localhost:7181", "127.0.0.1:7181", "[::1]:7181", "shop.localhost:7181"] {
            assert_eq!(site_of(&doors, &[host]), Some("shop"), "{host}");
        }
        for host in ["wallet.localhost:7181", "evil.example"] {
            assert_eq!(site_of(&doors, &[host]), None, "{host}");
        }
    }

    #[test]
    fn a_target_that_names_another_host_finds_nothing() {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("shop.localhost"))]);
        let other = Uri::from_static("http://wallet.localhost/set");
        assert!(doors().site_for(&other, &headers).is_none());
        let same = Uri::from_static("http://shop.localhost/set");
        assert!(doors().site_for(&same, &headers).is_some());
    }
}
