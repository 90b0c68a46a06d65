//! What a printed program says to people, in both languages of the book.

/// The language of the comments in a printed program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

macro_rules! words {
    ($($name:ident = $en:literal, $ko:literal;)*) => {
        /// A sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Say {
            $($name,)*
        }

        impl Say {
            /// Every sentence.
            #[cfg(test)]
            pub(super) const ALL: &'static [Say] = &[$(Say::$name),*];

            /// The sentence in a language.
            pub(super) fn text(self, lang: Lang) -> &'static str {
                match (lang, self) {
                    $((Lang::En, Say::$name) => $en, (Lang::Ko, Say::$name) => $ko,)*
                }
            }
        }
    };
}

words! {
    // At the top.
    OneProgram = "The calls of the script on one machine; every host is {hosts}.",
        "스크립트의 호출을 컴퓨터 한 대 안에서 실행합니다. 호스트는 모두 {hosts}입니다.";
    Programs = "The calls of the script on one machine: each program is a thread, and every host is {hosts}.",
        "스크립트의 호출을 컴퓨터 한 대 안에서 실행합니다. 프로그램마다 스레드를 하나씩 쓰고, 호스트는 모두 {hosts}입니다.";
    Low = "Ports below 1024 need a privilege, so {ports}.",
        "1024보다 작은 포트에는 권한이 필요하므로 여기서는 다른 포트를 씁니다: {ports}.";
    Taken = "A port of this machine cannot belong to two hosts, so {ports}.",
        "컴퓨터 한 대의 포트를 두 호스트가 함께 쓸 수 없으므로 다른 포트를 씁니다: {ports}.";
    Moved = "{host}:{port} is port {here}", "{host}:{port} → {here}";
    Link = "Nothing happens to packets on the way here, unlike in the script: {what}.",
        "스크립트의 네트워크와 달리 여기서는 패킷이 사라지거나 뒤바뀌지 않습니다: {what}.";
    Wire = "It compiles, but what the script shows needs its network. Missing here: {what}.",
        "컴파일은 되지만 스크립트가 보여 주는 일에는 그 네트워크가 필요합니다. 여기에 없는 것: {what}.";
    MeetOnTheWay = "two SYNs that meet on the way", "가는 길에 엇갈리는 두 SYN";
    FinOnTheWay = "a FIN whose ACK is still on its way", "ACK가 아직 오는 중인 FIN";
    NoLink = "hosts without a link between them", "서로 링크가 없는 호스트";
    NoHost = "{address}, which is no host", "호스트가 아닌 {address}";
    OneAddress = "{address} beside {other}, which are one address here", "여기서는 한 주소가 되는 {address}, {other}";
    Build = "For Linux. Before the first run: cargo add libc socket2 -F socket2/all",
        "Linux용입니다. 처음 실행하기 전에: cargo add libc socket2 -F socket2/all";
    Raw = "Raw sockets need root. As an ordinary user, in a network of one's own:",
        "원시 소켓에는 root가 필요합니다. 일반 사용자는 자기만의 네트워크에서 실행합니다:";
    RawLoopback = "On one machine a raw socket also gets what this machine itself has sent.",
        "컴퓨터 한 대에서는 이 컴퓨터가 보낸 것도 원시 소켓에 들어옵니다.";
    // Before the programs and in main.
    Marks = "Lines of the script that one program has passed and others wait for.",
        "다른 프로그램이 기다리는 자리입니다. 프로그램이 그 줄을 지나면 채웁니다.";
    Done = "Until all have come here, all sockets stay open.",
        "모든 프로그램이 여기에 올 때까지 소켓을 열어 둡니다.";
    Fails = "If one fails, the others would wait for it for ever.",
        "하나가 실패하면 나머지가 끝없이 기다리게 되므로 모두 끝냅니다.";
    Finished = "Every call answered as the script says.", "모든 호출의 결과가 스크립트와 같았습니다.";
    // Where Rust says it differently; before the first such line.
    Read = "recv without flags is `read` in Rust.", "플래그 없는 recv는 Rust에서 `read`입니다.";
    Drop = "close is `drop`; what is still owned at the end of a function is dropped there.",
        "close는 `drop`입니다. 함수가 끝날 때까지 가지고 있던 것은 거기서 닫힙니다.";
    TryClone = "dup is `try_clone`.", "dup은 `try_clone`입니다.";
    TakeError = "SO_ERROR is `take_error`: whoever reads it takes it away.",
        "SO_ERROR는 `take_error`입니다. 읽으면 사라집니다.";
    Count = "Packets are not seen by a program; tcpdump -i lo shows them:",
        "프로그램은 패킷을 볼 수 없습니다. tcpdump -i lo로 봅니다:";
    Gone = "This does not compile in Rust: nothing owns this descriptor (any more).",
        "Rust에서는 컴파일되지 않습니다. 이 디스크립터의 주인이 없습니다:";
    Stale = "The number of a closed descriptor belongs to the next one; Rust knows only that one:",
        "닫힌 디스크립터의 번호는 다음 디스크립터의 것입니다. Rust는 그것만 압니다:";
    Odd = "The script says: {result}", "스크립트의 결과: {result}";
    // What the helpers are for.
    HelpOwn = "From here on the thread has descriptors of its own, from 3 up, as a new process has.",
        "여기부터 이 스레드는 새 프로세스처럼 자기 디스크립터를 3부터 씁니다.";
    SafeOwn = "the table becomes this thread's alone, and no socket is open in it yet.",
        "표는 이 스레드만의 것이 되고 아직 열린 소켓이 없습니다.";
    HelpAt = "An address, as bind and connect want it.", "bind와 connect가 받는 꼴의 주소입니다.";
    HelpIp = "The address without the port.", "포트를 뺀 주소입니다.";
    HelpPort = "The port of an address.", "주소의 포트입니다.";
    HelpErrno = "The number of the error in which a call has ended; 0 if it has not failed.",
        "호출이 끝나며 남긴 오류 번호입니다. 실패하지 않았으면 0입니다.";
    HelpUninit = "socket2 can receive into memory that nobody has written to yet; ours is written.",
        "socket2는 아직 아무도 쓰지 않은 메모리에도 받을 수 있습니다. 우리 버퍼는 이미 채워져 있습니다.";
    SafeUninit = "socket2 promises to write nothing but bytes that were received.",
        "socket2는 받은 바이트만 쓴다고 약속합니다.";
    HelpBytes = "The alphabet again and again, each round begun one letter later.",
        "알파벳을 되풀이하되 돌 때마다 한 글자 뒤에서 시작합니다.";
    HelpPoll = "poll(2): what has happened on each socket. Milliseconds; -1 waits for ever.",
        "poll(2): 소켓마다 일어난 일입니다. 시간은 밀리초이고 -1이면 끝없이 기다립니다.";
    SafePoll = "`list` holds as many entries as we say.", "`list`의 길이는 우리가 말한 그대로입니다.";
    HelpUnspec = "AF_UNSPEC: connecting to it takes the peer away.",
        "AF_UNSPEC: 여기에 connect하면 상대가 없어집니다.";
    SafeUnspec = "zeros are an address of the family 0, which is AF_UNSPEC.",
        "0으로 찬 주소는 주소 체계가 0, 곧 AF_UNSPEC입니다.";
    HelpUnread = "How many bytes can be read at once (FIONREAD).", "바로 읽을 수 있는 바이트 수입니다(FIONREAD).";
    SafeUnread = "FIONREAD writes one int.", "FIONREAD는 int 하나를 씁니다.";
    HelpState = "The state of a connection, as RFC 9293 names it.", "RFC 9293이 부르는 이름으로 된 연결 상태입니다.";
    HelpQueued = "How many connections wait to be accepted; of a listening socket only.",
        "accept를 기다리는 연결 수입니다. 리스닝 소켓에만 씁니다.";
    HelpTcpInfo = "getsockopt(TCP_INFO), see tcp(7).", "getsockopt(TCP_INFO), tcp(7)를 보십시오.";
    SafeTcpInfo = "all of tcp_info may be zero, and the kernel writes at most `length` bytes.",
        "tcp_info는 모두 0이어도 되고 커널은 `length`바이트까지만 씁니다.";
    HelpSet = "setsockopt, for what socket2 has no name.", "socket2에 이름이 없는 setsockopt입니다.";
    HelpGet = "getsockopt, for what socket2 has no name.", "socket2에 이름이 없는 getsockopt입니다.";
    SafeOption = "the option is the int that we point to.", "옵션은 우리가 가리키는 int 하나입니다.";
}

#[cfg(test)]
mod tests {
    use super::{Lang, Say};

    #[test]
    fn both_languages_say_it_with_the_same_blanks() {
        let blanks = |text: &str| {
            let mut blanks: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
                .collect();
            blanks.sort();
            blanks
        };
        for say in Say::ALL {
            let (en, ko) = (say.text(Lang::En), say.text(Lang::Ko));
            assert_eq!(blanks(en), blanks(ko), "{say:?}");
            assert!(en.is_ascii() && !ko.is_ascii(), "{say:?}");
        }
    }
}
