//! What is wrong with a script, and where.

use std::fmt;

use super::ast::Pos;

macro_rules! expectations {
    ($($name:ident = $id:literal, $english:literal;)*) => {
        /// What a script should have had at a place. Each has an id, so that the
        /// sentence can be said in another language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Expected {
            $(#[doc = $english] $name,)*
        }

        impl Expected {
            /// Everything that can be expected.
            pub const ALL: &'static [Expected] = &[$(Expected::$name),*];

            /// The id of the sentence.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Expected::$name => $id),* }
            }

            /// The sentence in English; what was found is named after it.
            #[must_use]
            pub fn english(self) -> &'static str {
                match self { $(Expected::$name => $english),* }
            }
        }
    };
}

expectations! {
    Address = "address", "expected an address, such as 10.0.0.1:80, [fd00::1]:80 or b:80";
    Arrow = "arrow", "expected nothing more, or `->` and a result";
    Because = "because", "expected `because` and the reason in quotation marks";
    Call = "call", "expected a call, such as `send(c, \"hello\")`";
    Closing = "closing", "expected `)`";
    Comma = "comma", "expected `,`";
    Data = "data", "expected data: \"text\", bytes(100), hex(0a 0b) or echo(1, 1, \"ping\")";
    Descriptor = "descriptor", "expected a descriptor: a name given before, or a number";
    Difference = "difference", "expected a call before `on sim`";
    Duration = "duration", "expected a time, such as 250us, 10ms or 2s";
    End = "end", "expected `end` for this `repeat`";
    EndAlone = "end-alone", "there is no `repeat` for this `end`";
    EndOfLine = "end-of-line", "expected the end of the line";
    Event = "event", "expected events, such as POLLIN or POLLIN|POLLOUT";
    Family = "family", "expected AF_INET or AF_INET6";
    Flag = "flag", "expected flags, such as MSG_PEEK or MSG_DONTWAIT";
    From = "from", "expected `from` and the name of a host";
    Hex = "hex", "expected two hexadecimal digits for each byte";
    HostLink = "host-link", "this host has a link already; put a router in between";
    HostName = "host-name", "expected the name of a host";
    How = "how", "expected SHUT_RD, SHUT_WR or SHUT_RDWR";
    IpAddress = "ip-address", "expected an address, such as 10.0.0.1 or fd00::1";
    LinkWord = "link-word", "expected delay, rate, queue, loss, duplicate or reorder";
    MostBytes = "most-bytes", "a script may name at most 16777216 bytes at once";
    MostHosts = "most-hosts", "a script may have at most 16 hosts and 16 routers";
    MostLines = "most-lines", "a script may have at most 2000 lines";
    MostPrograms = "most-programs", "a script may have at most 64 programs";
    MostRepeats = "most-repeats", "a repeat may run at most 100000 times";
    MostText = "most-text", "a script may be at most 262144 bytes long";
    MostTime = "most-time", "a time may be at most 100000s";
    Name = "name", "expected a name: a letter, then letters, digits, `_` or `-`";
    NameTaken = "name-taken", "this name is taken";
    Nested = "nested", "a repeat cannot stand in another repeat";
    NoHost = "no-host", "there is no host or router of this name";
    NoProgram = "no-program", "there is no program of this name";
    Number = "number", "expected a number";
    OptionName = "option", "expected an option, such as SO_REUSEADDR";
    OptionValue = "option-value", "expected a value of this option: a number, a time, `off` or `on 0s`";
    Ordinal = "ordinal", "expected which ones: 1st, 2nd 3rd, 4th+ or every";
    PacketKind = "packet-kind", "expected a kind of packet: packet, SYN, SYN-ACK, ACK, data, FIN, RST, UDP or ICMP";
    Percent = "percent", "expected a share, such as 10% or 0.5%";
    Port = "port", "expected a port between 0 and 65535";
    Program = "program", "expected a program first, such as `a:` or `client on a:`";
    Protocol = "protocol", "expected a protocol: 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_RAW or a number to 255";
    Result = "result", "expected a result: a number, an error such as ECONNREFUSED, data, an address or `*`";
    SameHost = "same-host", "this program runs on another host";
    Sim = "sim", "expected `sim`: only the simulation may differ, the arrow above is Linux";
    SocketType = "socket-type", "expected SOCK_STREAM, SOCK_DGRAM or SOCK_RAW, perhaps with |SOCK_NONBLOCK";
    Text = "text", "expected text in quotation marks";
    TextEnd = "text-end", "expected `\"` at the end of the text";
    Unknown = "unknown", "expected host, router, link, drop, limit, a program or a call";
    UnknownEscape = "escape", "expected an escape: \\n, \\r, \\t, \\0, \\\\, \\\" or \\x and two hexadecimal digits";
    UnknownName = "unknown-name", "this name was given to nothing before";
    WaitFor = "wait-for", "expected what to wait for: a program, a time, or a descriptor with `5 bytes`, `2 queued` or a state such as CLOSE-WAIT";
    WaitNothing = "wait-nothing", "this program has done nothing above this line that could be waited for";
    WaitSelf = "wait-self", "a program cannot wait for itself";
    WrongKind = "wrong-kind", "this name was given to an address and not to a descriptor, or the other way round";
}

/// Something wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// Where.
    pub pos: Pos,
    /// What should have been there.
    pub expected: Expected,
    /// What is there; empty at the end of a line.
    pub found: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.pos.line, self.pos.column, self.expected.english())?;
        if self.found.is_empty() { Ok(()) } else { write!(f, "; found `{}`", self.found) }
    }
}

impl std::error::Error for ScriptError {}
