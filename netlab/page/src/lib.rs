//! netlab for a web page: `netlab.wasm` with the feature `play`, `netlab-rust.wasm`
//! with the feature `rust`.
//!
//! Plain functions and one memory: the page asks for room ([`reserve`]), writes
//! bytes there, calls a function, and reads as many bytes as it returned from
//! where [`result`] points. Text is UTF-8, numbers are `u32`. Every call may move
//! the memory, so a page takes a new view of it after each.
//!
//! A call that fails by a fault of ours ends in a trap, after which the page
//! makes a new instance. No input is known that does so.

#[cfg(feature = "play")]
pub mod play;
#[cfg(feature = "rust")]
pub mod rust;

use std::cell::RefCell;

/// Longest input: a script has at most 2,000 lines, a packet 65,535 bytes.
const LONGEST: usize = 1 << 20;

#[derive(Default)]
struct Page {
    input: Vec<u8>,
    result: Vec<u8>,
    #[cfg(feature = "play")]
    played: Option<netlab::show::Played>,
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

/// Where the result of the last call lies.
#[unsafe(no_mangle)]
pub extern "C" fn result() -> *const u8 {
    with(|page| page.result.as_ptr())
}
