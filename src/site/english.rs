//! No English words of an interface on a Korean page, neither mdBook's nor
//! our own.

use std::collections::HashSet;

use super::Site;
use super::edition::Edition;
use super::fault::Fault;
use super::outline::html_path;
use crate::text::{self, Lang, say};

/// Words that mdBook writes on its pages whatever the language of the book.
const OF_MDBOOK: &[&str] = &[
    "Next chapter",
    "Previous chapter",
    "Table of contents",
    "Toggle Table of Contents",
    "Page navigation",
    "Keyboard shortcuts",
    "Change theme",
    "Print this book",
    "Copy to clipboard",
    "Show hidden lines",
    "Note",
    "Tip",
    "Important",
    "Warning",
    "Caution",
];

/// Looks at every Korean page.
pub(super) fn check(editions: &[Edition], site: &Site, speak: Lang, faults: &mut Vec<Fault>) {
    let ours = text::all("site.")
        .chain(text::all("experiment."))
        .map(|(_, text)| text)
        .filter(|text| text.en != text.ko && telling(&text.en));
    let words: HashSet<&str> = OF_MDBOOK.iter().copied().chain(ours.map(|text| text.en.as_str())).collect();
    let longest = words.iter().map(|word| word.len()).max().unwrap_or_default();
    for edition in editions.iter().filter(|edition| edition.lang == Lang::Ko) {
        for page in edition.pages.keys() {
            let path = format!("{}/{}", edition.lang.code(), html_path(page));
            let Some(html) = site.files.get(&path).and_then(|bytes| std::str::from_utf8(bytes).ok()) else { continue };
            for what in labels(html).filter(|label| label.len() <= longest && words.contains(label)) {
                let file = edition.src.join(page).with_extension("md");
                let message = say(speak, "site.fault.english", &[("what", &what)]);
                faults.push(Fault { file, line: 0, message });
            }
        }
    }
}

/// Whether nobody but an interface says this: `read` is also a call.
fn telling(words: &str) -> bool {
    !words.contains('{') && (words.contains(' ') || words.starts_with(char::is_uppercase))
}

/// The texts between tags, and those that only a screen reader or a pointer
/// shows. A word of an interface is the whole of one: the same word inside a
/// sentence or a listing is the author's.
fn labels(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').flat_map(|piece| {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        // Names and values in turn, between quotation marks.
        let mut pieces = tag.split('"');
        let attributes = std::iter::from_fn(move || Some((pieces.next()?, pieces.next()?)))
            .filter(|(name, _)| ["aria-label=", "title=", "placeholder=", "alt="].iter().any(|one| name.ends_with(one)))
            .map(|(_, value)| value);
        // In a listing a lone word is code, and some words are English on
        // purpose.
        let text = text.trim();
        let is_code =
            || tag.starts_with("code") || tag.strip_prefix("span class=\"").is_some_and(|rest| rest.len() == 2);
        let label = (!text.is_empty() && !is_code() && !tag.contains(" lang=\"en\"")).then_some(text);
        label.into_iter().chain(attributes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_an_interface_are_found_wherever_they_show() {
        let html = "<p>Note this</p><b>Note</b><a aria-label=\"Next chapter\">x</a><code>read</code>";
        let found: Vec<_> = labels(html).filter(|label| ["Note", "Next chapter", "read"].contains(label)).collect();
        assert_eq!(found, ["Note", "Next chapter"]);
    }
}
