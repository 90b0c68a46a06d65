//! What the program must do: a line in, a line out.
//!
//! The addresses are drawn anew in every run. Their right bytes come from the
//! kernel: a socket is bound to the address and asked for it (getsockname).
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification.

use harness::{Address, Check, Question};

harness::lab!("sockaddr-bytes");

fn encode(address: &Address) -> Question {
    Question::new(format!("encode {}", address.text()), format!("encode {}", address.name()))
}

fn decode(hex: &str, name: &str) -> Question {
    Question::new(format!("decode {hex}"), format!("decode {name}"))
}

/// Each address is answered with the kernel's bytes for it.
fn writes(check: &Check, addresses: &[Address]) {
    let questions: Vec<Question> = addresses.iter().map(encode).collect();
    check.keeps_input();
    let mut program = check.ask(&questions.iter().collect::<Vec<_>>());
    for (question, address) in questions.iter().zip(addresses) {
        program.answers_with_bytes(question, address.bytes());
    }
    program.ends();
}

/// The number of an interface: all four of its bytes count.
fn scope(check: &Check) -> u32 {
    0x8001_0002 + (check.below(0x70) << 24 | check.below(0x6000)) as u32
}

#[test]
fn writes_an_ipv4_address() {
    LAB.check("writes_an_ipv4_address", |check| {
        writes(check, &["A1", "A2", "A3"].map(|name| check.ipv4(name)));
    });
}

#[test]
fn writes_an_ipv6_address() {
    LAB.check("writes_an_ipv6_address", |check| {
        writes(check, &[check.ipv6("A1"), check.ipv6("A2"), check.ipv6_mapped("A3 (::ffff:…)")]);
    });
}

#[test]
fn writes_scope_and_flow() {
    LAB.check("writes_scope_and_flow", |check| {
        let scope = scope(check);
        writes(
            check,
            &[
                check.ipv6_on("A1%1", 1),
                check.ipv6_on("A2%N", scope),
                check.ipv6_with_flow("A3 flow=F", 0),
                check.ipv6_with_flow("A4%N flow=F", scope),
            ],
        );
    });
}

#[test]
fn reads_an_address_back() {
    LAB.check("reads_an_address_back", |check| {
        let scope = scope(check);
        let addresses = [
            check.ipv4("A1"),
            check.ipv6("A2"),
            check.ipv6_mapped("A3 (::ffff:…)"),
            check.ipv6_on("A4%N", scope),
            check.ipv6_with_flow("A5%N flow=F", scope),
        ];
        let mut questions: Vec<Question> =
            addresses.iter().map(|address| decode(&address.hex(), address.name())).collect();
        questions.push(decode(&addresses[4].hex().to_uppercase(), "A5%N flow=F, UPPER CASE"));
        // Whoever fills in a sockaddr_in need not clear its end.
        let filling: String =
            check.bytes("FILLING", 8).bytes().iter().map(|byte| format!("{:02x}", byte | 1)).collect();
        questions.push(decode(&format!("{}{filling}", &addresses[0].hex()[..16]), "A1[..8] + 8 bytes"));
        check.keeps_input();
        let mut program = check.ask(&questions.iter().collect::<Vec<_>>());
        let again = [&addresses[4], &addresses[0]];
        for (question, address) in questions.iter().zip(addresses.iter().chain(again)) {
            program.answers(question, address.text(), address.name());
        }
        program.ends();
    });
}

#[test]
fn refuses_bytes_that_are_no_address() {
    LAB.check("refuses_bytes_that_are_no_address", |check| {
        let (a1, a2) = (check.ipv4("A1"), check.ipv6("A2"));
        let cut = |address: &Address, n: usize| address.hex()[..2 * n].to_string();
        // The two bytes of the family, the other way round, and those of others.
        let turned: String = a1.bytes()[..2].iter().rev().map(|byte| format!("{byte:02x}")).collect();
        let with_family = |bytes: [u8; 2]| {
            let family: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{family}{}", &a1.hex()[4..])
        };
        let unix = || with_family(1u16.to_ne_bytes());
        let asked = [
            (decode("", "(nothing)"), "error: length 0"),
            (decode(&cut(&a1, 1), "A1[..1]"), "error: length 1"),
            (decode(&cut(&a1, 2), "A1[..2]"), "error: length 2"),
            (decode(&cut(&a1, 15), "A1[..15]"), "error: length 15"),
            (decode(&format!("{}00", a1.hex()), "A1 + 00"), "error: length 17"),
            (decode(&format!("{}{}", a1.hex(), &a2.hex()[32..]), "A1 + A2[16..]"), "error: length 28"),
            // As large as a `sockaddr_storage`, which has room for any address.
            (decode(&format!("{}{}", a1.hex(), "00".repeat(112)), "A1 + 112 × 00"), "error: length 128"),
            (decode(&format!("{}00", a2.hex()), "A2 + 00"), "error: length 29"),
            (decode(&cut(&a2, 27), "A2[..27]"), "error: length 27"),
            (decode(&cut(&a2, 24), "A2[..24]"), "error: length 24"),
            (decode(&cut(&a2, 16), "A2[..16]"), "error: length 16"),
            (decode(&format!("{turned}{}", &a1.hex()[4..]), "A1[1], A1[0], A1[2..]"), "error: family 512"),
            (decode(&unix(), "AF_UNIX A1[2..]"), "error: family 1"),
            // Which length is right, only the family says.
            (decode(&unix()[..4], "AF_UNIX"), "error: family 1"),
            (decode(&unix()[..30], "AF_UNIX A1[2..15]"), "error: family 1"),
            (decode(&format!("{}{}", unix(), a2.hex()), "AF_UNIX A1[2..] + A2"), "error: family 1"),
            (decode(&with_family([0, 0]), "0000 A1[2..]"), "error: family 0"),
            (decode(&with_family([0xff, 0xff]), "ffff A1[2..]"), "error: family 65535"),
        ];
        let good = decode(&a1.hex(), "A1");
        let mut questions: Vec<&Question> = asked.iter().map(|(question, _)| question).collect();
        questions.push(&good);
        check.keeps_input();
        let mut program = check.ask(&questions);
        for (question, answer) in &asked {
            program.answers(question, answer, answer);
        }
        program.answers(&good, a1.text(), a1.name());
        program.ends();
    });
}

#[test]
fn refuses_what_is_no_hexadecimal() {
    LAB.check("refuses_what_is_no_hexadecimal", |check| {
        let a1 = check.ipv4("A1");
        let hex = a1.hex();
        let with = |start: &str, name: &str| decode(&format!("{start}{}", &hex[start.len()..]), name);
        let asked = [
            with("zz", "zz A1[1..]"),
            decode(&hex[1..], "A1, 31 digits"),
            with("+2", "+2 A1[1..]"),
            with("0x", "0x A1[1..]"),
            with(" 2", "␠2 A1[1..]"),
            // A blank is no digit, wherever it stands.
            decode(&format!("{hex} "), "A1 and ␠"),
            decode(&format!("  {hex}"), "␠␠ and A1"),
            // The letters beside the digits: `/` is before `0`, `g` is behind `f`.
            with("/2", "/2 A1[1..]"),
            with("2g", "2g A1[1..]"),
            with("G2", "G2 A1[1..]"),
            // Two bytes a letter: the middle of a letter is no place to cut.
            decode(&format!("0한{}", &hex[4..]), "0한 A1[2..]"),
            decode("192.0.2.7:8080", "192.0.2.7:8080"),
            Question::new([b"decode ".as_slice(), &[0xff, 0xfe, 0x00, 0x80]].concat(), "decode (not UTF-8)"),
        ];
        let good = decode(&hex, "A1");
        let mut questions: Vec<&Question> = asked.iter().collect();
        let unknown =
            [Question::plain("encode 192.0.2.7:65536"), Question::plain("fly"), Question::new("", "(empty line)")];
        questions.extend(&unknown);
        questions.push(&good);
        check.keeps_input();
        let mut program = check.ask(&questions);
        for question in &asked {
            program.answers(question, "error: not hex", "error: not hex");
        }
        for question in &unknown {
            program.answers_beginning(question, "error: ");
        }
        program.answers(&good, a1.text(), a1.name());
        program.ends();
    });
}
