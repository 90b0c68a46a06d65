//! What a misspelt word of a script was probably meant to be: as the pages say
//! it (`book/theme/experiment-near.js`).

use netlab::script::{Expected, ScriptError};

const CALLS: &str = "accept bind close connect count dup fcntl getpeername getsockname getsockopt listen poll read_exact \
                     read_to_end recv recvfrom send sendto setsockopt shutdown socket write_all";
const STATEMENTS: &str = "host router link drop limit wait repeat end";
const OPTIONS: &str = "SO_REUSEADDR SO_REUSEPORT SO_BROADCAST SO_KEEPALIVE SO_LINGER SO_RCVBUF SO_SNDBUF SO_RCVTIMEO \
                       SO_SNDTIMEO SO_ERROR SO_TYPE SO_DOMAIN SO_PROTOCOL SO_ACCEPTCONN TCP_NODELAY TCP_USER_TIMEOUT \
                       TCP_INFO IP_TTL IP_RECVERR IP_HDRINCL IPV6_V6ONLY IPV6_UNICAST_HOPS";

/// The words that may stand where something else was expected.
fn words(expected: Expected) -> Option<[&'static str; 2]> {
    Some(match expected {
        Expected::Call => [CALLS, ""],
        Expected::Unknown | Expected::Program => [STATEMENTS, CALLS],
        Expected::OptionName => [OPTIONS, ""],
        Expected::LinkWord => ["delay rate queue loss duplicate reorder", ""],
        Expected::Family => ["AF_INET AF_INET6", ""],
        Expected::SocketType => ["SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_NONBLOCK", ""],
        Expected::Protocol => ["IPPROTO_TCP IPPROTO_UDP IPPROTO_ICMP IPPROTO_ICMPV6 IPPROTO_RAW", ""],
        Expected::Flag => ["MSG_PEEK MSG_TRUNC MSG_DONTWAIT MSG_WAITALL", ""],
        Expected::Event => ["POLLIN POLLOUT POLLERR POLLHUP POLLNVAL POLLRDHUP", ""],
        Expected::How => ["SHUT_RD SHUT_WR SHUT_RDWR", ""],
        Expected::PacketKind => ["packet SYN SYN-ACK ACK data FIN RST UDP ICMP", ""],
        Expected::Data => ["bytes hex echo", ""],
        _ => return None,
    })
}

/// What the word at a mistake of `script` was meant to be, if something is near.
pub(super) fn meant<'a>(error: &'a ScriptError, script: &'a str) -> Option<&'a str> {
    let line = script.lines().nth(error.pos.line.checked_sub(1)? as usize).unwrap_or_default();
    let rest = line.char_indices().nth(error.pos.column.saturating_sub(1) as usize).map_or("", |(at, _)| &line[at..]);
    let word = word(&error.found).or_else(|| word(rest))?;
    // At the beginning of a line it may be a statement as well.
    let at_start = error.expected == Expected::Call && line.trim_start().starts_with(word);
    let known: Vec<&str> = match error.expected {
        Expected::UnknownName | Expected::Descriptor => script.lines().filter_map(given).collect(),
        Expected::NoHost | Expected::HostName => script.lines().filter_map(host).collect(),
        Expected::NoProgram => script.lines().filter_map(program).collect(),
        expected => {
            let lists = words(if at_start { Expected::Unknown } else { expected })?;
            lists.into_iter().flat_map(str::split_whitespace).collect()
        }
    };
    if known.contains(&word) { None } else { nearest(word, &known) }
}

/// The word that `text` begins with.
fn word(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(&text[..end])
}

/// `c` of `c = accept(l)`.
fn given(line: &str) -> Option<&str> {
    let name = word(line.trim_start())?;
    line.trim_start()[name.len()..].trim_start().starts_with('=').then_some(name)
}

/// `a` of `host a 10.0.0.1`.
fn host(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    words.next().filter(|first| ["host", "router"].contains(first))?;
    words.next()
}

/// `client` of `client on a:`.
fn program(line: &str) -> Option<&str> {
    let (head, _) = line.split_once(':')?;
    let mut words = head.split(' ');
    let name = words.next().filter(|name| !name.is_empty())?;
    match (words.next(), words.next(), words.next()) {
        (None, ..) | (Some("on"), Some(_), None) => Some(name),
        _ => None,
    }
}

/// The nearest of `words`; none if all are far.
fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let most = (word.chars().count() / 3).max(1);
    let far = |known: &&str| distance(&word.to_lowercase(), &known.to_lowercase());
    words.iter().copied().min_by_key(far).filter(|known| far(known) <= most)
}

/// Letters to add, take, change or swap with their neighbour until `a` is `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = (0..=a.len()).map(|i| vec![i; b.len() + 1]).collect();
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The word that is suggested for the mistake in a script.
    fn suggested(script: &str) -> Option<String> {
        let error = netlab::script::parse(script).expect_err("a mistake is in it");
        meant(&error, script).map(str::to_string)
    }

    #[test]
    fn a_misspelt_word_finds_its_neighbour() {
        let begun = "host a 10.0.0.1\nhost server 10.0.0.2\nlink a server\na:\n  sock = socket(AF_INET, SOCK_DGRAM)\n";
        for (line, word) in [
            ("sokcet(AF_INET, SOCK_DGRAM)", "socket"),
            ("repat 3", "repeat"),
            ("v = socket(AF_INET7, SOCK_DGRAM)", "AF_INET"),
            ("v = socket(AF_INET, SOCK_STEAM)", "SOCK_STREAM"),
            ("setsockopt(sock, SO_REUSADDR, 1)", "SO_REUSEADDR"),
            ("close(sokc)", "sock"),
            ("shutdown(sock, SHUT_RW)", "SHUT_RD"),
        ] {
            let script = format!("{begun}  {line}\n");
            assert_eq!(suggested(&script).as_deref(), Some(word), "{line}");
        }
        assert_eq!(suggested(&format!("{begun}client on sever:\n  close(3)\n")).as_deref(), Some("server"));
        assert_eq!(suggested(&format!("{begun}  xyzzy(sock)\n")), None);
        assert_eq!(suggested(&format!("{begun}  close(sock) -> \n")), None);
    }

    /// What the pages and the command suggest are the same words.
    #[test]
    fn the_words_are_those_of_the_pages() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/book/theme/experiment-near.js");
        let text = std::fs::read_to_string(path).unwrap();
        let (head, rest) = text.split_once("export const WORDS = {").unwrap();
        let (body, _) = rest.split_once("\n};").unwrap();
        let quoted = |text: &str| -> BTreeSet<String> {
            text.split('"').skip(1).step_by(2).flat_map(str::split_whitespace).map(str::to_string).collect()
        };
        let list = |name: &str| {
            let (_, list) = head.split_once(&format!("const {name} = ")).unwrap();
            let mut words = quoted(list.split_once(';').unwrap().0);
            words.remove("");
            words
        };
        let mut pages = 0;
        for line in body.lines().filter(|line| !line.trim().is_empty()) {
            let (id, value) = line.split_once(':').unwrap();
            let id = id.trim().trim_matches('"');
            let mut words = quoted(value);
            for name in ["CALLS", "STATEMENTS", "OPTIONS"] {
                if value.contains(name) {
                    words.extend(list(name));
                }
            }
            let expected = Expected::ALL.iter().find(|expected| expected.id() == id).unwrap();
            let ours = super::words(*expected).unwrap_or_else(|| panic!("{id}: only the pages know words"));
            let ours = ours.into_iter().flat_map(str::split_whitespace).map(str::to_string).collect();
            assert_eq!(words, ours, "{id}");
            pages += 1;
        }
        assert_eq!(Expected::ALL.iter().filter(|expected| super::words(**expected).is_some()).count(), pages);
    }
}
