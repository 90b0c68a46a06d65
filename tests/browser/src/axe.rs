//! Accessibility, by axe-core (Deque, MPL-2.0), which is fetched and not kept
//! in this repository.

use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::root;
use crate::tab::Tab;

/// How it gets to where it is looked for; the README says the same.
pub const FETCH: &str = "npm install --prefix target/ci-tools --no-save axe-core@4.14.1";

/// SHA-256 of that version's `axe.min.js`.
const SUM: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// axe-core's own text.
///
/// # Errors
///
/// It was not fetched, or it is not that version: says how to.
pub fn source() -> Result<&'static str, String> {
    static SOURCE: OnceLock<Result<String, String>> = OnceLock::new();
    let read = SOURCE.get_or_init(|| {
        let path = "target/ci-tools/node_modules/axe-core/axe.min.js";
        let text = std::fs::read_to_string(root().join(path)).map_err(|_| format!("no axe-core: {FETCH}"))?;
        let sum: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        if sum == SUM { Ok(text) } else { Err(format!("{path} is another version: {FETCH}")) }
    });
    read.as_deref().map_err(Clone::clone)
}

impl Tab {
    /// Every violation of the page as it is now, one line each: rule, impact,
    /// element, what to mend.
    #[track_caller]
    #[must_use]
    pub fn axe(&self) -> Vec<String> {
        let source = source().unwrap_or_else(|error| panic!("{error}"));
        if !self.is("window.axe") {
            self.js(&format!("{source};0"));
        }
        let found = self.js(
            "axe.run(document, { preload: false, resultTypes: ['violations'] }).then(r => r.violations.flatMap(v => v.nodes.map(n => \
             `${v.id} (${v.impact}) ${n.target.join(' ')}: ${n.failureSummary.replace(/\\s+/g, ' ')}`)))",
        );
        let Value::Array(found) = found else { panic!("axe-core gave no list: {found}") };
        found.iter().map(|one| one.as_str().unwrap_or_default().to_string()).collect()
    }
}
