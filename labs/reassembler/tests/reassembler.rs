//! What the program must do: a line in, a line out.
//!
//! `S[3..6]` are the bytes 3, 4 and 5 of a stream that is drawn anew in every
//! run: no letter is in it twice, so that none can stand for another.
//! `tests/snapshots/NAME.snap` holds what must have happened: read it first,
//! it is the specification.

use std::ops::Range;

use harness::{Check, Question};

harness::lab!("reassembler");

/// The alphabet in an order of this run.
struct Stream(String);

impl Stream {
    fn of(check: &Check) -> Stream {
        let mut letters: Vec<char> = ('a'..='z').collect();
        for i in (1..letters.len()).rev() {
            letters.swap(i, check.below(i + 1));
        }
        Stream(letters.into_iter().collect())
    }
}

/// Questions of a check, each with the answer to it.
struct Play<'a> {
    stream: &'a Stream,
    asked: Vec<(Question, String, String)>,
}

impl<'a> Play<'a> {
    fn new(stream: &'a Stream, room: usize) -> Play<'a> {
        Play { stream, asked: Vec::new() }.stream(room)
    }

    fn ask(mut self, question: Question, want: &str, name: &str) -> Play<'a> {
        self.asked.push((question, want.to_string(), name.to_string()));
        self
    }

    /// A new stream, with room for so many bytes.
    fn stream(self, room: usize) -> Play<'a> {
        self.ask(Question::plain(&format!("new {room}")), "ack 0 kept 0", "ack 0 kept 0")
    }

    fn put(self, bytes: Range<usize>, state: &str) -> Play<'a> {
        self.segment(bytes.start as u64, bytes, "", state)
    }

    fn put_fin(self, bytes: Range<usize>, state: &str) -> Play<'a> {
        self.segment(bytes.start as u64, bytes, " fin", state)
    }

    /// Bytes that claim to have the number `offset`.
    fn segment(self, offset: u64, bytes: Range<usize>, fin: &str, state: &str) -> Play<'a> {
        let (text, name) = match bytes.is_empty() {
            true => ("-".to_string(), "-".to_string()),
            false => (self.stream.0[bytes.clone()].to_string(), format!("S[{}..{}]", bytes.start, bytes.end)),
        };
        let question = Question::new(format!("put {offset} {text}{fin}"), format!("put {offset} {name}{fin}"));
        self.ask(question, state, state)
    }

    fn read(self, most: usize, bytes: Range<usize>) -> Play<'a> {
        let want = format!("bytes {}", &self.stream.0[bytes.clone()]);
        self.ask(Question::plain(&format!("read {most}")), &want, &format!("bytes S[{}..{}]", bytes.start, bytes.end))
    }

    fn wait(self) -> Play<'a> {
        self.ask(Question::plain("read 26"), "wait", "wait")
    }

    fn end(self) -> Play<'a> {
        self.ask(Question::plain("read 26"), "end", "end")
    }

    fn on(self, check: &Check) {
        let questions: Vec<&Question> = self.asked.iter().map(|(question, ..)| question).collect();
        check.keeps_input();
        let mut program = check.ask(&questions);
        for (question, want, name) in &self.asked {
            program.answers(question, want, name);
        }
        program.ends();
    }
}

#[test]
fn passes_on_what_comes_in_order() {
    LAB.check("passes_on_what_comes_in_order", |check| {
        let s = Stream::of(check);
        Play::new(&s, 26)
            .wait()
            .put(0..3, "ack 3 kept 0")
            .put(3..4, "ack 4 kept 0")
            .read(2, 0..2)
            .read(26, 2..4)
            .wait()
            .put(4..12, "ack 12 kept 0")
            .read(26, 4..12)
            .wait()
            .stream(26)
            .put(0..2, "ack 2 kept 0")
            .read(26, 0..2)
            .on(check);
    });
}

#[test]
fn keeps_what_came_too_early() {
    LAB.check("keeps_what_came_too_early", |check| {
        let s = Stream::of(check);
        Play::new(&s, 26)
            .put(3..6, "ack 0 kept 3")
            .wait()
            .put(8..10, "ack 0 kept 5")
            .put(0..2, "ack 2 kept 5")
            .read(26, 0..2)
            .wait()
            .put(2..3, "ack 6 kept 2")
            .read(2, 2..4)
            .put(6..8, "ack 10 kept 0")
            .read(26, 4..10)
            .wait()
            .on(check);
    });
}

#[test]
fn takes_each_byte_once() {
    LAB.check("takes_each_byte_once", |check| {
        let s = Stream::of(check);
        Play::new(&s, 26)
            .put(0..4, "ack 4 kept 0")
            .put(0..4, "ack 4 kept 0")
            .put(1..3, "ack 4 kept 0")
            .put(2..6, "ack 6 kept 0")
            .read(3, 0..3)
            // Its start has been read, its middle is there, its end is new.
            .put(0..8, "ack 8 kept 0")
            // The same behind a gap: again, inside, before, behind, around all.
            .put(12..15, "ack 8 kept 3")
            .put(12..15, "ack 8 kept 3")
            .put(13..14, "ack 8 kept 3")
            .put(11..13, "ack 8 kept 4")
            .put(14..17, "ack 8 kept 6")
            .put(18..20, "ack 8 kept 8")
            .put(10..21, "ack 8 kept 11")
            .read(26, 3..8)
            .put(5..12, "ack 21 kept 0")
            .put(0..21, "ack 21 kept 0")
            .read(26, 8..21)
            .put(4..9, "ack 21 kept 0")
            .wait()
            .on(check);
    });
}

#[test]
fn ends_where_the_stream_ends() {
    LAB.check("ends_where_the_stream_ends", |check| {
        let s = Stream::of(check);
        Play::new(&s, 26)
            .put_fin(0..3, "ack 4 kept 0")
            .read(26, 0..3)
            .end()
            .end()
            .put_fin(0..3, "ack 4 kept 0")
            .end()
            // Nothing but an end.
            .stream(26)
            .put_fin(0..0, "ack 1 kept 0")
            .end()
            // The end comes alone.
            .stream(26)
            .put(0..5, "ack 5 kept 0")
            .put_fin(5..5, "ack 6 kept 0")
            .read(2, 0..2)
            .read(26, 2..5)
            .end()
            // The end is there before what stands in front of it.
            .stream(26)
            .put_fin(4..4, "ack 0 kept 0")
            .wait()
            .put_fin(2..4, "ack 0 kept 2")
            .wait()
            .put(0..1, "ack 1 kept 2")
            .read(26, 0..1)
            .wait()
            .put(1..2, "ack 5 kept 0")
            .read(26, 1..4)
            .end()
            // It comes with bytes that have been read already.
            .stream(26)
            .put(0..2, "ack 2 kept 0")
            .read(26, 0..2)
            .wait()
            .put_fin(1..2, "ack 3 kept 0")
            .end()
            .on(check);
    });
}

#[test]
fn takes_no_more_than_it_has_room_for() {
    LAB.check("takes_no_more_than_it_has_room_for", |check| {
        let s = Stream::of(check);
        Play::new(&s, 4)
            .put(0..6, "ack 4 kept 0")
            .put(4..6, "ack 4 kept 0")
            .read(1, 0..1)
            .put_fin(4..9, "ack 5 kept 0")
            .read(26, 1..5)
            .wait()
            // Room for 5, 6, 7 and 8.
            .put(8..12, "ack 5 kept 1")
            .put(9..10, "ack 5 kept 1")
            .segment(1_000_000_000_000, 0..3, "", "ack 5 kept 1")
            // 2 to the power of 32, and 6: the 6 alone would have room.
            .segment(4_294_967_302, 0..1, "", "ack 5 kept 1")
            .segment(u64::MAX, 0..3, " fin", "ack 5 kept 1")
            .put(5..8, "ack 9 kept 0")
            // The end itself needs no room.
            .put_fin(9..9, "ack 10 kept 0")
            .read(1_000_000_000_000, 5..9)
            .end()
            // An end that was not taken: without its FIN, it has not come.
            .stream(4)
            .put_fin(6..8, "ack 0 kept 0")
            .put(0..4, "ack 4 kept 0")
            .read(26, 0..4)
            .put(4..8, "ack 8 kept 0")
            .read(26, 4..8)
            .wait()
            .put_fin(6..8, "ack 9 kept 0")
            .end()
            .on(check);
    });
}

#[test]
fn needs_no_more_memory_than_its_room() {
    LAB.check("needs_no_more_memory_than_its_room", |check| {
        /// What may grow, in kB: less than what comes, more than what is kept.
        const GROWTH: u64 = 2_000;
        /// A line has to fit into a pipe.
        const LONG: usize = 50_000;
        let bytes = check.text("B", LONG);
        let text = String::from_utf8_lossy(bytes.bytes());
        let new = Question::plain("new 65536");
        let early = Question::new(format!("put 1 {text}"), "put 1 B");
        let far = Question::new(format!("put 70000 {text}"), "put 70000 B");
        check.keeps_input();
        let mut program = check.start_with_typist(&[] as &[&str]);
        program.answers_typed(1, &new, "ack 0 kept 0");
        check.main_point();
        // Once, so that what it keeps is there before it is weighed.
        program.answers_typed(1, &early, "ack 0 kept 50000");
        program.answers_typed(1, &far, "ack 0 kept 50000");
        let before = program.memory_kb();
        program.answers_typed(60, &early, "ack 0 kept 50000");
        program.answers_typed(60, &far, "ack 0 kept 50000");
        program.grew_at_most(before, GROWTH);
        program.ends_input();
        program.ends();
    });
}

#[test]
fn changes_nothing_at_nonsense() {
    const NONSENSE: [&str; 10] = [
        "",
        "fly",
        "new",
        "new -1",
        "put 3",
        "put -1 xyz",
        "put three xyz",
        "put 3 xyz end",
        "put 18446744073709551616 xyz",
        "read 0",
    ];
    LAB.check("changes_nothing_at_nonsense", |check| {
        let s = Stream::of(check);
        let (first, rest) =
            (Question::new(format!("put 0 {}", &s.0[..3]), "put 0 S[0..3]"), Question::plain("read 26"));
        let nonsense = NONSENSE.map(Question::plain);
        // A byte that is no letter of any text.
        let no_text = Question::new(*b"put 3 \xff", "put 3 ff");
        let new = Question::plain("new 26");
        let nonsense: Vec<&Question> = nonsense.iter().chain([&no_text]).collect();
        let asked: Vec<&Question> =
            [&new, &first].into_iter().chain(nonsense.iter().copied()).chain([&rest, &rest]).collect();
        check.keeps_input();
        let mut program = check.ask(&asked);
        program.answers(&new, "ack 0 kept 0", "ack 0 kept 0");
        program.answers(&first, "ack 3 kept 0", "ack 3 kept 0");
        check.main_point();
        for question in nonsense {
            program.answers_beginning(question, "error: ");
        }
        program.answers(&rest, &format!("bytes {}", &s.0[..3]), "bytes S[0..3]");
        program.answers(&rest, "wait", "wait");
        program.ends();
    });
}

#[test]
fn puts_any_stream_together() {
    LAB.check("puts_any_stream_together", |check| {
        let streams: Vec<Any> = (0..10).map(|n| Any::of(check, n, LONG)).collect();
        let questions: Vec<Question> = streams.iter().flat_map(Any::questions).collect();
        check.keeps_input();
        let mut program = check.ask(&questions.iter().collect::<Vec<_>>());
        let mut lines = questions.iter().zip(1..);
        for any in &streams {
            let mut seen = Seen { stream: any, ack: 0, read: 0 };
            // One question for each thing that is asked of any stream.
            for (asked, (question, n)) in any.asked.iter().zip(&mut lines) {
                let Some(line) = program.answer(question) else { return };
                if let Err((en, ko)) = seen.judge(asked, &line) {
                    let (name, asked) = (&any.name, asked.line(any));
                    program.fails_here();
                    return check.fail(
                        &format!("stream {name}, line {n} of the input, {asked:?} → {line:?}: {en}"),
                        &format!("스트림 {name}, 입력의 {n}번째 줄 {asked:?} → {line:?}: {ko}"),
                    );
                }
            }
            check.note(&format!("stream {}: whole", any.name));
        }
        program.ends();
    });
}

/// Of the streams that are drawn: how much room each has, and how long it is.
const ROOM: usize = 60;
const LONG: usize = 300;

/// A stream of its own, and what is asked of it: segments anywhere and of any
/// length, and reads in between; in the end all of it once more, in order.
struct Any {
    name: String,
    bytes: String,
    asked: Vec<Asked>,
}

enum Asked {
    New(usize),
    Put(Range<usize>),
    Read(usize),
}

impl Asked {
    fn line(&self, any: &Any) -> String {
        match self {
            Asked::New(room) => format!("new {room}"),
            Asked::Put(bytes) => {
                let text = if bytes.is_empty() { "-" } else { &any.bytes[bytes.clone()] };
                let fin = if bytes.end == any.bytes.len() { " fin" } else { "" };
                format!("put {} {text}{fin}", bytes.start)
            }
            Asked::Read(most) => format!("read {most}"),
        }
    }
}

impl Any {
    fn of(check: &Check, n: usize, len: usize) -> Any {
        let name = format!("S{n}");
        let bytes = String::from_utf8_lossy(check.text(&name, len).bytes()).into_owned();
        let mut below = shuffler(n);
        let mut asked = vec![Asked::New(ROOM)];
        for round in 0..120 {
            // Mostly where the room is by now, if things go well.
            let start = (round + below(100)).saturating_sub(30).min(len);
            asked.push(Asked::Put(start..(start + below(25)).min(len)));
            if round % 3 == 0 {
                asked.push(Asked::Read(1 + below(12)));
            }
        }
        for start in (0..=len).step_by(20) {
            asked.push(Asked::Put(start..(start + 23).min(len)));
            asked.push(Asked::Read(100));
        }
        asked.push(Asked::Read(1));
        Any { name, bytes, asked }
    }

    fn questions(&self) -> impl Iterator<Item = Question> {
        self.asked.iter().map(|asked| Question::plain(&asked.line(self)))
    }
}

/// Numbers below what it is asked for, the same ones for the same stream in every
/// run: a program must not pass by luck. Only the letters are drawn anew.
fn shuffler(stream: usize) -> impl FnMut(usize) -> usize {
    let mut state = stream as u64 + 1;
    move |most| {
        // Knuth's linear congruential generator; its upper bits are the better ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    }
}

/// What an answer must not contradict. It knows nothing of gaps: only what was
/// said before, and what is certain of any stream.
struct Seen<'a> {
    stream: &'a Any,
    ack: usize,
    read: usize,
}

type Wrong = (&'static str, &'static str);

impl Seen<'_> {
    fn judge(&mut self, asked: &Asked, line: &str) -> Result<(), Wrong> {
        match asked {
            Asked::New(_) | Asked::Put(_) => self.state(asked, line),
            Asked::Read(most) => self.bytes(*most, line),
        }
    }

    /// The bytes that are acknowledged, without the end.
    fn acked(&self) -> usize {
        self.ack.min(self.stream.bytes.len())
    }

    fn state(&mut self, asked: &Asked, line: &str) -> Result<(), Wrong> {
        let no_state: Wrong = ("no such answer", "이런 답은 없습니다");
        let (ack, kept) = line.strip_prefix("ack ").and_then(|rest| rest.split_once(" kept ")).ok_or(no_state)?;
        let (ack, kept): (usize, usize) = (ack.parse().map_err(|_| no_state)?, kept.parse().map_err(|_| no_state)?);
        let before = std::mem::replace(&mut self.ack, ack);
        if ack < before {
            return Err(("ack went back", "ack가 뒤로 갔습니다"));
        }
        if self.acked() > self.read + ROOM {
            return Err(("ack lies beyond the room", "ack가 자리를 넘었습니다"));
        }
        if self.acked() + kept > self.read + ROOM || self.acked() + kept > self.stream.bytes.len() {
            return Err(("more is kept than there is room for", "자리보다 많이 맡아 두었습니다"));
        }
        let Asked::Put(bytes) = asked else { return Ok(()) };
        let fits = bytes.end.min(self.read + ROOM);
        if bytes.start <= before && self.acked() < fits {
            return Err(("bytes were awaited and not taken", "기다리던 바이트를 받지 않았습니다"));
        }
        // Its last byte is there now: nothing stands before the end.
        let is_last = bytes.end == self.stream.bytes.len() && fits == bytes.end;
        if is_last && self.acked() == bytes.end && ack == bytes.end {
            return Err(("the end has a number, too", "끝도 번호를 하나 차지합니다"));
        }
        Ok(())
    }

    fn bytes(&mut self, most: usize, line: &str) -> Result<(), Wrong> {
        let ready = self.acked() - self.read;
        match line.strip_prefix("bytes ") {
            Some(bytes) => {
                let want = &self.stream.bytes[self.read..self.read + ready.min(most)];
                self.read += want.len();
                if bytes == want && ready > 0 { Ok(()) } else { Err(("other bytes", "다른 바이트입니다")) }
            }
            None if ready > 0 => Err(("acknowledged bytes can be read", "ack 앞의 바이트는 읽을 수 있어야 합니다")),
            None => {
                let want = if self.ack > self.stream.bytes.len() { "end" } else { "wait" };
                if line == want {
                    Ok(())
                } else {
                    Err(("not the end, or the end", "끝이 아니거나, 이미 끝입니다"))
                }
            }
        }
    }
}
