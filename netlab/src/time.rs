//! Virtual time: whole microseconds since the start of a run.

/// A moment or a length of virtual time, in microseconds.
pub type Micros = u64;

/// One millisecond.
pub const MILLI: Micros = 1_000;
/// One second.
pub const SECOND: Micros = 1_000_000;

/// The shortest way to write a length of time: `250us`, `40ms`, `2s`.
#[must_use]
pub fn spell(length: Micros) -> String {
    if length.is_multiple_of(SECOND) {
        format!("{}s", length / SECOND)
    } else if length.is_multiple_of(MILLI) {
        format!("{}ms", length / MILLI)
    } else {
        format!("{length}us")
    }
}

/// A moment as seconds with six decimals, without floating point.
#[must_use]
pub fn seconds(moment: Micros) -> String {
    format!("{}.{:06}", moment / SECOND, moment % SECOND)
}

/// Reads what [`spell`] writes.
#[must_use]
pub fn read(text: &str) -> Option<Micros> {
    let (number, unit) = match (text.strip_suffix("us"), text.strip_suffix("ms")) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, MILLI),
        _ => (text.strip_suffix('s')?, SECOND),
    };
    // Signs are no digits.
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<i64>().ok().filter(|_| digits)?.unsigned_abs().checked_mul(unit)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_spelled_can_be_read() {
        for length in [0, 1, 999, 1_000, 250_000, 1_000_000, 1_500_000, 60_000_000] {
            assert_eq!(super::read(&super::spell(length)), Some(length));
        }
        assert_eq!(super::read("10"), None);
        assert_eq!(super::read("ms"), None);
        assert_eq!(super::seconds(1_000_250), "1.000250");
    }
}
