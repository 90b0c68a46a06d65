//! netlab for a web page.
//!
//! Plain functions and one memory: the page asks for room ([`reserve`]), writes
//! bytes there, calls a function, and reads as many bytes as it returned from
//! where [`result`] points. Text is UTF-8, numbers are `u32`. Every call may move
//! the memory, so a page takes a new view of it after each.
//!
//! A call that fails by a fault of ours ends in a trap, after which the page
//! makes a new instance. No input is known that does so.

use std::cell::RefCell;

use netlab::show::{Figure, Played, dissect as dissect_packet};

/// Longest input: a script has at most 2,000 lines, a packet 65,535 bytes.
const LONGEST: usize = 1 << 20;

#[derive(Default)]
struct Page {
    input: Vec<u8>,
    played: Option<Played>,
    result: Vec<u8>,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

impl Page {
    fn text(&self, from: usize, to: usize) -> String {
        let to = to.min(self.input.len());
        String::from_utf8_lossy(self.input.get(from..to).unwrap_or_default()).into_owned()
    }

    fn answer(&mut self, result: Vec<u8>) -> u32 {
        self.result = result;
        u32::try_from(self.result.len()).unwrap_or(u32::MAX)
    }
}

fn with<T>(act: impl FnOnce(&mut Page) -> T) -> T {
    PAGE.with_borrow_mut(act)
}

/// Room for `length` bytes of input, at most 1 MiB; the page writes them before
/// its next call. Null if that is too long.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: u32) -> *mut u8 {
    with(|page| {
        let length = length as usize;
        if length > LONGEST {
            return std::ptr::null_mut();
        }
        page.input.clear();
        page.input.resize(length, 0);
        page.input.as_mut_ptr()
    })
}

/// Plays the script in the first `script` bytes of the input; the next `words`
/// bytes are the words of the figure, as [`Figure::read`] takes them. Gives the
/// length of the JSON.
#[unsafe(no_mangle)]
pub extern "C" fn play(script: u32, words: u32, seed: u32) -> u32 {
    with(|page| {
        let (script, words) = (script as usize, words as usize);
        let figure = Figure::read(&page.text(script, script.saturating_add(words)));
        // The last run goes before the next one comes, so that only one is kept.
        page.played = None;
        page.result = Vec::new();
        let played = Played::new(&page.text(0, script), u64::from(seed));
        let json = played.json(&figure);
        page.played = Some(played);
        page.answer(json.into_bytes())
    })
}

/// The table of sockets after event `n` of the run that was played last. Gives
/// the length of the JSON.
#[unsafe(no_mangle)]
pub extern "C" fn sockets(n: u32) -> u32 {
    with(|page| {
        let table = page.played.as_ref().map_or_else(|| "[]".to_owned(), |played| played.sockets(n as usize));
        page.answer(table.into_bytes())
    })
}

/// The fields of the packet in the input. Gives the length of the JSON.
#[unsafe(no_mangle)]
pub extern "C" fn dissect() -> u32 {
    with(|page| {
        let json = dissect_packet(&page.input);
        page.answer(json.into_bytes())
    })
}

/// The packets of the run that was played last, as a capture file. Gives its
/// length.
#[unsafe(no_mangle)]
pub extern "C" fn pcap() -> u32 {
    with(|page| {
        let pcap = page.played.as_ref().map(Played::pcap).unwrap_or_default();
        page.answer(pcap)
    })
}

/// Where the result of the last call lies.
#[unsafe(no_mangle)]
pub extern "C" fn result() -> *const u8 {
    with(|page| page.result.as_ptr())
}
