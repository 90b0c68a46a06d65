//! A script as a Rust program.

use netlab::rust::Lang;
use netlab::show;

use crate::with;

/// Writes the script in the first `script` bytes of the input as a Rust program,
/// with comments in Korean if `korean` is not 0. Gives the length of the JSON.
#[unsafe(no_mangle)]
pub extern "C" fn rust(script: u32, korean: u32) -> u32 {
    with(|page| {
        let lang = if korean == 0 { Lang::En } else { Lang::Ko };
        let json = show::rust(&page.text(0, script as usize), lang);
        page.answer(json.into_bytes())
    })
}
