//! Reads our data files: `lab.toml` and `messages.toml`.
//!
//! By `toml-span` and not `toml`: what `toml` needs besides was a quarter of
//! what a student's first build costs.

use toml_span::Value;
use toml_span::value::ValueInner;

/// Reads a file.
///
/// # Errors
///
/// A line and what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Value<'_>, String> {
    toml_span::parse(text).map_err(|error| {
        let line = 1 + text[..error.span.start].matches('\n').count();
        format!("line {line}: {error}")
    })
}

/// The text of `key`; empty if there is none.
pub(crate) fn text<'a>(value: &'a Value<'_>, key: &str) -> &'a str {
    get(value, key).and_then(Value::as_str).unwrap_or_default()
}

/// The number of `key`.
pub(crate) fn number(value: &Value<'_>, key: &str) -> Option<i64> {
    get(value, key)?.as_integer()
}

/// The values in the list of `key`; none if there is no list.
pub(crate) fn list<'a, 'de>(value: &'a Value<'de>, key: &str) -> &'a [Value<'de>] {
    match get(value, key).map(Value::as_ref) {
        Some(ValueInner::Array(list)) => list,
        _ => &[],
    }
}

/// The value of `key`, if this is a table that has it.
pub(crate) fn get<'a, 'de>(value: &'a Value<'de>, key: &str) -> Option<&'a Value<'de>> {
    value.as_table()?.get(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line) in [("a = [1,\n\n2", 3), ("a = 1\na = 2", 2), ("\n[a]\nb", 3)] {
            let error = parse(text).expect_err(text);
            assert!(error.starts_with(&format!("line {line}: ")), "{text:?}: {error}");
        }
    }
}
