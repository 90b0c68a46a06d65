//! Which requests may do more than read.
//!
//! A page of another site can send requests here, and by a name that resolves
//! to 127.0.0.1 even read the answers. So running a lab takes three things:
//! our own name in `Host`, our own page in `Origin`, and a token that only our
//! pages hold. A foreign `Host` (a forwarded port) gets the book to read.

use axum::http::{HeaderMap, header};

use crate::hex::hex;

/// The header that carries the token.
pub(super) const TOKEN: &str = "x-sockets-token";

/// What may ask for more than the book.
pub(super) struct Guard {
    port: u16,
    hosts: Vec<String>,
    token: String,
    session: String,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// `Host` is neither this machine nor a name that was allowed.
    Host,
    /// `Origin` is not the page's own.
    Origin,
    /// The token is missing or wrong.
    Token,
}

impl Guard {
    /// For a server on `port`; `hosts` are the names that `--allow-host` gave.
    ///
    /// # Errors
    ///
    /// The system gives no random bytes.
    pub(super) fn new(port: u16, hosts: Vec<String>) -> anyhow::Result<Guard> {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Guard { port, hosts, token: hex(&bytes[..16]), session: hex(&bytes[16..]) })
    }

    /// The name of this run of the server. A page of an earlier one holds a
    /// token that is no good here, and has to load again.
    pub(super) fn session(&self) -> &str {
        &self.session
    }

    /// What our pages have to show.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether the request was sent to this machine by one of its names.
    pub(super) fn is_ours(&self, headers: &HeaderMap) -> bool {
        let Some(host) = text(headers, header::HOST.as_str()) else { return false };
        let (name, port) = split_port(host);
        let own = ["127.0.0.1", "localhost", "[::1]"].contains(&name) && port == Some(self.port);
        own || self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(name) || allowed.eq_ignore_ascii_case(host))
    }

    /// Whether the request may make something happen.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Refused> {
        if !self.is_ours(headers) {
            return Err(Refused::Host);
        }
        // A browser names the origin of every request that is not a plain GET.
        if !same_origin(headers) {
            return Err(Refused::Origin);
        }
        let shown = text(headers, TOKEN).unwrap_or_default();
        if !same(shown.as_bytes(), self.token.as_bytes()) {
            return Err(Refused::Token);
        }
        Ok(())
    }

    /// Whether the request, if it comes from a page at all, comes from ours.
    pub(super) fn may_listen(&self, headers: &HeaderMap) -> bool {
        let site = text(headers, "sec-fetch-site").unwrap_or("none");
        self.is_ours(headers)
            && matches!(site, "same-origin" | "none")
            && (!headers.contains_key(header::ORIGIN) || same_origin(headers))
    }
}

fn same_origin(headers: &HeaderMap) -> bool {
    let (Some(origin), Some(host)) = (text(headers, header::ORIGIN.as_str()), text(headers, header::HOST.as_str()))
    else {
        return false;
    };
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn split_port(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
        _ => (host, None),
    }
}

/// Compares without telling by its duration where the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn only_our_own_page_with_the_token_may_act() {
        let guard = Guard::new(4000, vec!["code.example".into()]).unwrap();
        let token = guard.token().to_string();
        let with = |host: &str, origin: &str, token: &str| {
            guard.check(&headers(&[("host", host), ("origin", origin), (TOKEN, token)]))
        };
        assert_eq!(with("127.0.0.1:4000", "http://127.0.0.1:4000", &token), Ok(()));
        assert_eq!(with("localhost:4000", "http://localhost:4000", &token), Ok(()));
        assert_eq!(with("code.example", "https://code.example", &token), Ok(()));
        assert_eq!(with("evil.example:4000", "http://evil.example:4000", &token), Err(Refused::Host));
        assert_eq!(with("127.0.0.1:4001", "http://127.0.0.1:4001", &token), Err(Refused::Host));
        assert_eq!(with("127.0.0.1:4000", "http://evil.example", &token), Err(Refused::Origin));
        assert_eq!(with("127.0.0.1:4000", "http://127.0.0.1:4001", &token), Err(Refused::Origin));
        assert_eq!(with("127.0.0.1:4000", "null", &token), Err(Refused::Origin));
        assert_eq!(with("127.0.0.1:4000", "http://127.0.0.1:4000", ""), Err(Refused::Token));
        assert_eq!(with("127.0.0.1:4000", "http://127.0.0.1:4000", &token[1..]), Err(Refused::Token));
        let no_origin = headers(&[("host", "127.0.0.1:4000"), (TOKEN, &token)]);
        assert_eq!(guard.check(&no_origin), Err(Refused::Origin));
    }

    #[test]
    fn another_site_may_not_listen() {
        let guard = Guard::new(4000, Vec::new()).unwrap();
        assert!(guard.may_listen(&headers(&[("host", "127.0.0.1:4000"), ("sec-fetch-site", "same-origin")])));
        assert!(guard.may_listen(&headers(&[("host", "127.0.0.1:4000")])));
        assert!(!guard.may_listen(&headers(&[("host", "127.0.0.1:4000"), ("sec-fetch-site", "cross-site")])));
        assert!(!guard.may_listen(&headers(&[("host", "evil.example:4000")])));
    }
}
