//! What a pack tells cargo: `.cargo/config.toml`.

use super::pack::Pack;

/// Where cargo is told.
pub(super) const FILE: &str = ".cargo/config.toml";

/// What stands there in `pack`, and `more` below it.
///
/// # Errors
///
/// The two cannot stand in one file, or the first is not TOML; why.
pub(super) fn with(pack: &Pack, more: &str) -> Result<String, String> {
    let said = pack.get(FILE).map_or(&[][..], Vec::as_slice);
    let said = std::str::from_utf8(said).map_err(|error| error.to_string())?;
    let config = if said.is_empty() { more.to_string() } else { format!("{}\n\n{more}", said.trim_end()) };
    config.parse::<toml::Table>().map(|_| config).map_err(|error| error.message().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_configuration_said_before_stays() {
        let more = "# Where.\n[source.crates-io]\nreplace-with = \"vendored\"\n";
        let pack = |said: &str| Pack::from([(FILE.to_string(), said.as_bytes().to_vec())]);
        let config = with(&pack("[env]\nA = \"1\" # why\n"), more).unwrap();
        assert!(config.starts_with("[env]\nA = \"1\" # why\n\n#"), "{config}");
        let table: toml::Table = config.parse().unwrap();
        assert_eq!(table["env"]["A"].as_str(), Some("1"));
        assert_eq!(table["source"]["crates-io"]["replace-with"].as_str(), Some("vendored"));
        assert!(with(&pack("[source.crates-io]\nreplace-with = \"ours\"\n"), more).is_err());
        assert_eq!(with(&Pack::new(), more).as_deref(), Ok(more));
    }
}
