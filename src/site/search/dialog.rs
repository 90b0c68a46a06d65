//! Where one types. It stands on each page, so that nothing that was typed is
//! lost while the rest is loaded.

use crate::site::markdown::escape;
use crate::text::{self, Lang, say};

const ICON_CLOSE: &str = "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M6 6l12 12M18 6L6 18\"/></svg>";

/// The dialog of a page whose edition is searched through `index`.
pub(in crate::site) fn dialog(lang: Lang, index: &str) -> String {
    let word = |id: &str| escape(&say(lang, id, &[]));
    // What only the script says.
    let words: serde_json::Map<_, _> = text::all("search.")
        .map(|(id, text)| (id.trim_start_matches("search.").to_string(), text.get(lang).into()))
        .filter(|(id, _): &(String, serde_json::Value)| !SAID_HERE.contains(&id.as_str()))
        .collect();
    format!(
        "<dialog id=\"search\" class=\"search\" aria-label=\"{title}\" data-index=\"{index}\" data-words=\"{words}\">\
         <form class=\"search-line\" role=\"search\"><input type=\"search\" data-testid=\"search-input\" \
         aria-label=\"{title}\" placeholder=\"{example}\" autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\" \
         enterkeyhint=\"search\" maxlength=\"200\"><button class=\"tool\" type=\"button\" data-search-close \
         aria-label=\"{close}\" title=\"{close}\">{ICON_CLOSE}</button></form>\
         <p class=\"search-status\" role=\"status\"></p>\
         <ol class=\"search-results\" aria-label=\"{results}\"></ol><p class=\"search-keys\">{keys}</p></dialog>",
        title = word("search.input"),
        index = escape(index),
        words = escape(&serde_json::Value::from(words).to_string()),
        example = word("search.example"),
        close = word("search.close"),
        results = word("search.results"),
        keys = word("search.keys"),
    )
}

/// Words that the page itself says.
const SAID_HERE: &[&str] = &["open", "close", "input", "example", "results", "keys"];
