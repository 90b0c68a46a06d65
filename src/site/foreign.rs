//! No words of an interface on a page of the other language, neither mdBook's
//! nor our own.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use super::edition::Edition;
use super::fault::Fault;
use super::outline::html_path;
use crate::book::words::is_hangul;
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

/// What the interface says in one language, and must not on the pages of the
/// other.
struct Words {
    of: Lang,
    words: HashSet<&'static str>,
    longest: usize,
}

impl Words {
    fn of(of: Lang) -> Words {
        // Words of every part: what a command says may come to stand on a page.
        let ours = text::all("").filter(|(_, text)| text.en != text.ko).map(|(_, text)| text.get(of));
        let is_telling = |word: &&str| match of {
            Lang::En => telling(word),
            Lang::Ko => word.contains(is_hangul) && !word.contains('{'),
        };
        let of_mdbook = OF_MDBOOK.iter().copied().filter(|_| of == Lang::En);
        let words: HashSet<&str> = ours.filter(is_telling).chain(of_mdbook).collect();
        let longest = words.iter().map(|word| word.len()).max().unwrap_or_default();
        Words { of, words, longest }
    }

    /// The words that pages in `lang` must not hold.
    fn not_in(lang: Lang) -> &'static Words {
        static OF: LazyLock<[Words; 2]> = LazyLock::new(|| Lang::ALL.map(Words::of));
        let [en, ko] = &*OF;
        if lang.twin() == Lang::En { en } else { ko }
    }

    /// What of `html` is one of the words.
    fn on<'a>(&'a self, html: &'a str) -> impl Iterator<Item = &'a str> {
        labels(html, self.of).filter(|label| label.len() <= self.longest && self.words.contains(label))
    }
}

/// Words of an interface in the other language, in `html` that is in `lang`.
pub(super) fn words(html: &str, lang: Lang) -> Vec<String> {
    Words::not_in(lang).on(html).map(str::to_string).collect()
}

/// Looks at every page: at what is around its chapter, and at what the chapter
/// itself was found to hold when it was made.
pub(super) fn check(edition: &Edition, files: &BTreeMap<String, Vec<u8>>, speak: Lang) -> Vec<Fault> {
    let id = match edition.lang {
        Lang::Ko => "site.fault.english",
        Lang::En => "site.fault.korean",
    };
    let mut faults = Vec::new();
    for (page, content) in &edition.pages {
        let path = format!("{}/{}", edition.lang.code(), html_path(page));
        let Some(html) = files.get(&path).and_then(|bytes| std::str::from_utf8(bytes).ok()) else { continue };
        let (before, rest) = html.split_once("<article>").unwrap_or((html, ""));
        let (chapter, after) = rest.rsplit_once("</article>").unwrap_or(("", rest));
        // Between its sections there can be notes.
        let chapter = if chapter == content.html { content.foreign.clone() } else { words(chapter, edition.lang) };
        let around = [before, after].into_iter().flat_map(|part| words(part, edition.lang));
        for what in around.chain(chapter) {
            let file = edition.src.join(page).with_extension("md");
            faults.push(Fault { file, line: 0, message: say(speak, id, &[("what", &what)]) });
        }
    }
    faults
}

/// Whether nobody but an interface says this: `read` is also a call.
fn telling(words: &str) -> bool {
    !words.contains('{') && (words.contains(' ') || words.starts_with(char::is_uppercase))
}

/// The texts between tags, what a script finds in quotation marks there, and
/// what stands in attributes, of a screen reader or for a script. A word of an
/// interface is the whole of one: the same word inside a sentence or a listing
/// is the author's. Elements that say to be in `lang` are so on purpose.
fn labels(html: &str, lang: Lang) -> impl Iterator<Item = &str> {
    html.split('<').flat_map(move |piece| {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        // Outside and inside of quotation marks in turn.
        let attributes = tag.split('"').skip(1).step_by(2);
        let script = text.split('"').skip(1).step_by(2).filter(|_| tag.starts_with("script"));
        // In a listing a lone word is code.
        let text = text.trim();
        let is_code =
            || tag.starts_with("code") || tag.strip_prefix("span class=\"").is_some_and(|rest| rest.len() == 2);
        let is_meant = || tag.split_once(" lang=\"").is_some_and(|(_, rest)| rest.starts_with(lang.code()));
        let label = (!text.is_empty() && !is_code() && !is_meant()).then_some(text);
        label.into_iter().chain(attributes).chain(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_an_interface_are_found_wherever_they_show() {
        let english = Words::of(Lang::En);
        let found = |html: &'static str| english.on(html).collect::<Vec<_>>();
        assert_eq!(found("<p>Note this</p><b>Note</b><code>Note</code>"), ["Note"]);
        for attribute in ["aria-label", "title", "alt", "placeholder", "content", "data-copy"] {
            let html = format!("<a class=\"x\" {attribute}=\"Skip to the text\">글</a>");
            assert_eq!(english.on(&html).collect::<Vec<_>>(), ["Skip to the text"], "{attribute}");
        }
        assert_eq!(found("<svg><title>Contents</title></svg>"), ["Contents"]);
        assert_eq!(found("<script type=\"application/json\">{\"a\":\"Copied\"}</script>"), ["Copied"]);
        assert_eq!(found("<a lang=\"en\" href=\"x\">English</a>"), [""; 0]);
        let korean = Words::of(Lang::Ko);
        let html = "<b>차례</b><i title=\"복사\">a</i><a lang=\"ko\">한국어</a><p>차례 없이</p>";
        assert_eq!(korean.on(html).collect::<Vec<_>>(), ["차례", "복사"]);
    }
}
