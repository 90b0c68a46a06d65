//! A run and questions about it.

use netlab::show::{self, Figure, Played};

use crate::with;

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
        let json = show::dissect(&page.input);
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
