//! Lab `sockaddr-bytes`: an address as the kernel wants it, byte by byte.
//! 실습 `sockaddr-bytes`: 주소를 커널이 받는 모양 그대로 바이트로 쓰고 읽습니다.
//!
//! No socket is opened. Each line of standard input is answered with a line:
//! 소켓은 열지 않습니다. 표준 입력의 한 줄마다 한 줄로 답합니다.
//!
//! | asked / 묻는 줄                           | answer / 답                      |
//! |-------------------------------------------|----------------------------------|
//! | `encode 192.0.2.7:8080`                   | 16 bytes in hexadecimal: a `sockaddr_in` |
//! | `encode [fe80::7%3]:8080 flow=0x0005a123` | 28 bytes: a `sockaddr_in6`       |
//! | `decode` and such bytes / 그런 바이트     | the address / 주소               |
//! | `decode` and others / 그 밖의 것          | `error: length 15`, `error: family 1`, `error: not hex` |
//!
//! ```text
//! echo 'encode 192.0.2.7:8080' | cargo run -q -p sockaddr-bytes
//! ```
//!
//! How Linux lays the bytes out: ip(7) and ipv6(7), "Address format".
//! `cargo test -p sockaddr-bytes` says what is missing. Start with `encode`.
//! Linux가 바이트를 놓는 모양은 ip(7)과 ipv6(7)의 "Address format"에 있습니다.
//! 무엇이 빠졌는지는 `cargo test -p sockaddr-bytes`가 알려 줍니다. `encode`부터 시작하세요.

use std::fmt;
use std::io::{self, BufRead};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};

/// An address, as numbers of this program: no byte order is in them.
/// 주소를 프로그램 안의 수로 담은 것. 아직 바이트 순서는 없습니다.
struct Address {
    ip: IpAddr,
    port: u16,
    /// Of an IPv6 packet: 0 for IPv4.
    /// IPv6 패킷의 흐름 정보. IPv4라면 0입니다.
    flow: u32,
    /// The number of an interface, for an IPv6 address that is good on one link only; else 0.
    /// 한 링크에서만 통하는 IPv6 주소라면 인터페이스 번호, 아니면 0입니다.
    scope: u32,
}

/// The bytes that connect() or bind() would be given: 16 for IPv4, 28 for IPv6.
/// connect()나 bind()에 넘길 바이트. IPv4는 16바이트, IPv6는 28바이트입니다.
fn encode(_address: &Address) -> Vec<u8> {
    todo!("family, port, address, and what else belongs there / 주소 체계, 포트, 주소, 그 밖의 필드를 차례로 놓기")
}

/// The address in such bytes. `Err` says why there is none: `family 1` if the
/// family is neither of the two (AF_INET is 2 on Linux, AF_INET6 is 10),
/// `length 15` if so many bytes are no address of the family, or hold no family.
/// What an IPv4 address is filled up with means nothing.
/// 그런 바이트에 든 주소. 주소가 아니면 `Err`로 까닭을 알립니다. 두 주소 체계(Linux에서
/// AF_INET은 2, AF_INET6는 10)가 아니면 `family 1`, 그 주소 체계의 주소라기엔 길이가
/// 맞지 않거나 주소 체계조차 들어 있지 않으면 `length 15`처럼 씁니다.
/// IPv4 주소 끝을 채운 바이트에는 뜻이 없습니다.
fn decode(_bytes: &[u8]) -> Result<Address, String> {
    todo!("look at the family and at the length, then read the fields / 주소 체계와 길이를 보고 필드 읽기")
}

/// The bytes of `1f90`: two. Letters may be large or small. Anything else than
/// pairs of digits is `not hex`.
/// `1f90`이라면 두 바이트입니다. 대문자든 소문자든 괜찮습니다. 숫자가 둘씩 짝을 이루지
/// 않으면 모두 `not hex`입니다.
fn from_hex(_text: &str) -> Result<Vec<u8>, String> {
    todo!("two digits, one byte / 숫자 둘로 바이트 하나 만들기")
}

// Nothing to do below. / 아래에는 고칠 것이 없습니다.

fn main() -> io::Result<()> {
    for line in io::stdin().lock().split(b'\n') {
        // Bytes that are no text become a sign that is no digit either.
        let line = String::from_utf8_lossy(&line?).into_owned();
        match answer(&line) {
            Ok(text) => println!("{text}"),
            Err(why) => println!("error: {why}"),
        }
    }
    Ok(())
}

fn answer(line: &str) -> Result<String, String> {
    match line.split_once(' ') {
        Some(("encode", text)) => Ok(to_hex(&encode(&parse(text)?))),
        Some(("decode", text)) => {
            let address = decode(&from_hex(text)?)?;
            Ok(address.to_string())
        }
        _ => Err(format!("neither encode nor decode: {line:?}")),
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `192.0.2.7:8080`, `[fe80::7%3]:8080 flow=0x0005a123`.
fn parse(text: &str) -> Result<Address, String> {
    let no_address = || format!("no address: {text:?}");
    let (addr, flow) = text.split_once(" flow=0x").unwrap_or((text, "0"));
    let flow = u32::from_str_radix(flow, 16).map_err(|_| no_address())?;
    match addr.parse().map_err(|_| no_address())? {
        SocketAddr::V4(_) if flow != 0 => Err(no_address()),
        SocketAddr::V4(addr) => Ok(Address { ip: (*addr.ip()).into(), port: addr.port(), flow, scope: 0 }),
        SocketAddr::V6(addr) => {
            Ok(Address { ip: (*addr.ip()).into(), port: addr.port(), flow, scope: addr.scope_id() })
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            IpAddr::V4(ip) => write!(f, "{ip}:{}", self.port)?,
            IpAddr::V6(ip) => write!(f, "{}", SocketAddrV6::new(ip, self.port, 0, self.scope))?,
        }
        if self.flow != 0 {
            write!(f, " flow=0x{:08x}", self.flow)?;
        }
        Ok(())
    }
}
