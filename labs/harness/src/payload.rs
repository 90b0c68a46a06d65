//! Bytes to send: drawn from a seed, shown by name and length.
//!
//! A snapshot that says `P1 (37 bytes)` holds for every seed, and a program
//! cannot pass by printing what the snapshot says.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::words::{Words, say};

/// Named bytes.
#[derive(Clone, Debug)]
pub struct Payload {
    name: String,
    bytes: Vec<u8>,
}

impl Payload {
    /// Bytes that need no seed, such as one byte of silence or none at all.
    pub fn fixed(name: &str, bytes: impl Into<Vec<u8>>) -> Payload {
        Payload { name: name.into(), bytes: bytes.into() }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name in the transcript.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The piece `range` of it, called `name`.
    #[must_use]
    pub fn part(&self, name: &str, range: std::ops::Range<usize>) -> Payload {
        Payload::fixed(name, &self.bytes[range])
    }

    /// `P1 (37 bytes)`.
    pub(crate) fn words(&self) -> Words {
        named(&self.name, self.bytes.len())
    }
}

/// `1 byte`, `37 bytes`.
pub(crate) fn amount(n: usize) -> Words {
    say(if n == 1 { "data.any-one" } else { "data.any" }, &[("n", &n)])
}

pub(crate) fn named(name: &str, n: usize) -> Words {
    say(if n == 1 { "data.one" } else { "data.named" }, &[("name", &name), ("n", &n)])
}

/// A line, and the same letters in upper case.
#[derive(Clone, Debug)]
pub struct Line {
    /// What to send: lower-case letters, digits and spaces.
    pub said: Payload,
    /// The same with the letters of the other alphabet.
    pub loud: Payload,
}

/// Draws payloads. The same seed gives the same ones, in the same order.
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    /// A stream of its own for each check, so that a check run alone draws what
    /// it drew among others.
    pub(crate) fn new(seed: u64, check: &str) -> Draw {
        // FNV-1a: a hash that is the same on every machine and in every release.
        let hash =
            check.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        Draw(seed ^ hash)
    }

    /// splitmix64: small, and every seed is a good one.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Any bytes: most are no text in any encoding.
    pub(crate) fn bytes(&mut self, name: &str, len: usize) -> Payload {
        /// Drawn afresh up to here, and repeated beyond: students run this
        /// without optimisation. Prime, so that what a program loses or swaps
        /// in pieces of its buffer's size never fits.
        const FRESH: usize = 262_147;
        let mut bytes = vec![0; len.min(FRESH)];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        if len > FRESH {
            bytes = bytes.repeat(len.div_ceil(FRESH));
            bytes.truncate(len);
        }
        Payload::fixed(name, bytes)
    }

    /// Lower-case letters: easy to read in a difference.
    pub(crate) fn text(&mut self, name: &str, len: usize) -> Payload {
        Payload::fixed(name, (0..len).map(|_| b'a' + self.below(26) as u8).collect::<Vec<u8>>())
    }

    /// A line of `len` bytes, its `\n` among them.
    pub(crate) fn line(&mut self, name: &str, len: usize) -> Line {
        const QUIET: &[u8] = b"abcdefghijklmnopqrstuvwxyz 0123456789";
        const LOUD: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789";
        let picks: Vec<usize> = (1..len).map(|_| self.below(QUIET.len())).collect();
        let spell = |alphabet: &[u8]| picks.iter().map(|&i| alphabet[i]).chain([b'\n']).collect::<Vec<u8>>();
        Line { said: Payload::fixed(name, spell(QUIET)), loud: Payload::fixed(&name.to_uppercase(), spell(LOUD)) }
    }
}

/// `LAB_SEED`, else one that differs in every run.
///
/// # Panics
///
/// If `LAB_SEED` is no number: a run that was to be repeated would be another.
pub(crate) fn seed() -> u64 {
    match std::env::var("LAB_SEED") {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("LAB_SEED={text} is no number")),
        // Six digits are enough variety, and can be typed.
        Err(_) => RandomState::new().build_hasher().finish() % 1_000_000,
    }
}
