//! The only randomness there is: a seed.

/// A small generator (xorshift64*, G. Marsaglia 2003 and S. Vigna 2016). Good
/// enough to lose packets with; nothing here is secret.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator for `seed`; `stream` tells generators of one run apart.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Rng {
        // Neighbouring seeds must not give neighbouring sequences (SplitMix64).
        let mut z = seed.wrapping_add(stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Rng((z ^ (z >> 31)) | 1)
    }

    /// The next 32 bits.
    pub fn draw(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    }

    /// The next 64 bits.
    pub fn draw_u64(&mut self) -> u64 {
        (u64::from(self.draw()) << 32) | u64::from(self.draw())
    }

    /// A number below `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 { 0 } else { self.draw() % bound }
    }

    /// True in `ppm` of a million cases. Draws nothing if the answer is certain.
    pub fn one_in(&mut self, ppm: u32) -> bool {
        ppm > 0 && self.below(1_000_000) < ppm
    }
}
