use super::*;
use crate::rng::Rng;

const WHOLE: &str = r#"# Every statement once.
host a 10.0.0.1 fd00::1
host b 10.0.0.2
router r 10.0.9.1
link a r delay 10ms rate 1000000 queue 20000 loss 10% duplicate 0.5% reorder 1%
link r b delay 1ms
drop 1st 3rd SYN from a  # gone
drop 4th+ data from b
drop every ICMP from r
limit 200s

# The server.
server on b:
  s = socket(AF_INET, SOCK_STREAM)
  setsockopt(s, SO_REUSEADDR, 1)
  setsockopt(s, SO_LINGER, on 0s)
  setsockopt(s, SO_RCVTIMEO, 200ms)
  bind(s, 0.0.0.0:80)
  listen(s, 1) -> 0

a:
  wait server
  # before the socket
  c = socket(AF_INET6, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) -> 3
  connect(c, b:80) -> EINPROGRESS
    on sim -> EAGAIN because "it is so" see "RFC 9293"  # really
  poll(c POLLOUT|POLLRDHUP, 3 POLLIN, 1s) -> c POLLOUT
  wait 10ms
  name = getsockname(c) -> [fd00::1]:*
  send(c, "a\n\0\xffé\"", MSG_DONTWAIT|MSG_WAITALL) -> 1..9
  sendto(c, bytes(100), name)
  repeat 3  # times
    sendto(c, hex(00 ff), 10.0.0.2:9)
  end
  fcntl(c, O_NONBLOCK)
  getsockopt(c, TCP_INFO) -> CLOSE-WAIT
  getsockopt(c, SO_LINGER) -> on 5s
  getsockopt(c, SO_TYPE) -> SOCK_STREAM
  shutdown(c, SHUT_WR)

server on b:
  wait s 1 queued
  d = accept(s) -> 4 from 10.0.0.1:*
  wait d 5 bytes
  recv(d, 100, MSG_PEEK) -> 5 "early"
  recvfrom(d, 10) -> "early" from *:*
  wait d CLOSE-WAIT
  read_to_end(d) -> *
  count(SYN from a) -> 1
  connect(d, AF_UNSPEC)
  e = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)
  sendto(e, echo(7, 1, "ping"), 10.0.0.1:0)
  close(d)
"#;

#[test]
fn every_statement_is_read_and_written_again() {
    let script = parse(WHOLE).unwrap();
    assert_eq!(print(&script), WHOLE);
}

#[test]
fn there_is_one_way_to_write_a_script() {
    let sloppy = "\n\n  host   a 10.0.0.1\nhost b 10.0.0.2\n\n\n\nlink a b\na:\ns=socket( AF_INET ,SOCK_STREAM )->3#x\n\n # y\n repeat 2\nclose( s )\nend\n\n";
    let neat = "host a 10.0.0.1\nhost b 10.0.0.2\n\nlink a b delay 1ms\na:\n  s = socket(AF_INET, SOCK_STREAM) -> 3  # x\n\n  # y\n  repeat 2\n    close(s)\n  end\n";
    assert_eq!(format(sloppy).as_deref(), Ok(neat));
    assert_eq!(format(neat).as_deref(), Ok(neat));
}

#[test]
fn errors_name_the_place_and_what_was_expected() {
    let head = "host a 10.0.0.1\na:\n";
    let cases = [
        ("hots a 10.0.0.1", 1, 1, Expected::Unknown, "hots"),
        ("host a", 1, 7, Expected::IpAddress, ""),
        ("host a 10.0.0.1\nlink a b", 2, 1, Expected::NoHost, "b"),
        ("host a 10.0.0.1\ndrop 1 SYN from a", 2, 6, Expected::Ordinal, "1"),
        ("socket(AF_INET, SOCK_STREAM)", 1, 1, Expected::Program, "socket"),
        ("b:", 1, 1, Expected::NoHost, "b"),
        ("@s = socket(AF_INET, SOCK_STREAM)\nclose(t)", 4, 7, Expected::UnknownName, "t"),
        ("@s = socket(AF_INET, SOCK_STREM)", 3, 21, Expected::SocketType, "SOCK_STREM"),
        ("@s = socket(AF_INET, SOCK_STREAM) 3", 3, 34, Expected::Arrow, "3"),
        ("@s = socket(AF_INET, SOCK_STREAM) -> EWHAT", 3, 37, Expected::Result, "EWHAT"),
        ("@s = socket(AF_INET SOCK_STREAM)", 3, 20, Expected::Comma, "SOCK_STREAM"),
        ("@sokcet(AF_INET, SOCK_STREAM)", 3, 1, Expected::Call, "sokcet"),
        ("@send(3, \"abc)", 3, 9, Expected::TextEnd, ""),
        ("@send(3, \"a\\q\")", 3, 11, Expected::UnknownEscape, "\\q"),
        ("@connect(3, 10.0.0.1:99999)", 3, 12, Expected::Address, "10.0.0.1:99999"),
        ("@wait a", 3, 1, Expected::WaitSelf, "a"),
        ("@wait b\nb on a:", 3, 1, Expected::WaitNothing, "b"),
        ("@wait 3 5 byte", 3, 10, Expected::WaitFor, "byte"),
        ("@repeat 3\nclose(3)", 3, 1, Expected::End, "repeat"),
        ("@end", 3, 1, Expected::EndAlone, "end"),
        ("@on sim -> 0 because \"x\"", 3, 4, Expected::Difference, "on"),
        ("@close(3) -> 0\non linux -> 0 because \"x\"", 4, 4, Expected::Sim, "linux"),
        ("@send(3, bytes(99999999))", 3, 15, Expected::MostBytes, "99999999"),
        ("@wait 999999999s", 3, 6, Expected::MostTime, "999999999s"),
    ];
    for (text, line, column, expected, found) in cases {
        let text = text.replacen('@', head, 1);
        let error = parse(&text).expect_err(&text);
        let got = (error.pos.line, error.pos.column, error.expected, error.found.as_str());
        assert_eq!(got, (line, column, expected, found), "{text}");
    }
}

/// Words in any order: each is a script or an error with a place in the text, and
/// what is a script can be written and read again.
#[test]
fn any_text_is_a_script_or_an_error_with_a_place() {
    let words: Vec<&str> = WHOLE.split_inclusive([' ', '\n', '(', ',', ')']).collect();
    let mut rng = Rng::new(3, 0);
    for _ in 0..3_000 {
        let mut lines: Vec<String> = WHOLE.lines().map(str::to_owned).collect();
        for _ in 0..=rng.below(3) {
            let at = rng.below(lines.len() as u32) as usize;
            match rng.below(4) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, words[rng.below(words.len() as u32) as usize].to_owned()),
                2 => {
                    let cut = rng.below(lines[at].len() as u32 + 1) as usize;
                    let cut = (0..=cut).rev().find(|cut| lines[at].is_char_boundary(*cut)).unwrap_or(0);
                    lines[at].truncate(cut);
                }
                _ => {
                    let other = rng.below(lines.len() as u32) as usize;
                    lines.swap(at, other);
                }
            }
        }
        let text = lines.join("\n");
        match parse(&text) {
            Ok(script) => {
                let neat = print(&script);
                assert_eq!(format(&neat).as_ref(), Ok(&neat), "{text}");
            }
            Err(error) => assert!(error.pos.line as usize <= lines.len() + 1, "{error}"),
        }
    }
}

#[test]
fn any_bytes_can_be_quoted_and_read_again() {
    let all: Vec<u8> = (0..=255).collect();
    // No character is kept for a purpose of its own.
    let every: String = ('\0'..='\u{ffff}').step_by(7).chain(['\u{e000}', '\u{1}', '\u{fffd}']).collect();
    for bytes in [all.as_slice(), every.as_bytes(), b"\\x41\\\"\xe2\x82"] {
        let line = format!("host a 10.0.0.1\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n  send(u, {})\n", quote(bytes));
        let script = parse(&line).unwrap();
        let What::Step(step) = &script.items[3].what else { panic!("{line}") };
        let Action::Call(Call::Send(_, data, _)) = &step.action else { panic!("{line}") };
        assert_eq!(data.bytes(), bytes);
    }
}
