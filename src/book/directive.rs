//! Directives: paragraphs that become a vote, a lab card, questions or a list.
//!
//! A directive is a paragraph that holds one link and nothing else, and the
//! link's title says what it becomes:
//!
//! ```markdown
//! [Claim 1-16: connect() waits for accept()](../claims.md#c1-16 "vote")
//! ```
//!
//! Why a link: plain mdBook, and any other reader of Markdown, still shows
//! words that lead to the right place.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::PagePath;
use super::experiment::Mode;

/// What a paragraph becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive {
    /// `"vote"` on `claims.md#c1-16`: a vote on claim `1-16`, and its answer.
    Vote {
        /// The claim's id, without the `c` of the anchor.
        claim: String,
    },
    /// `"votes-again"`: the votes of the page once more, all of them.
    VotesAgain,
    /// `"lab"` on `labs.md#tcp-echo`: the lab's card.
    Lab {
        /// The lab's id.
        lab: String,
    },
    /// `"quiz:tcp/connection/handshake"`: the questions of one group.
    Quiz {
        /// The page whose questions these are.
        page: PagePath,
        /// The group on that page.
        group: String,
    },
    /// `"review:start/opening-a-socket#descriptor-number"`: one older question.
    Review {
        /// The page whose question it is.
        page: PagePath,
        /// The question's id on that page.
        question: String,
    },
    /// `"mixed:tcp"`: questions of a part and of those before it, mixed.
    Mixed {
        /// The part: the folder of its pages.
        part: String,
    },
    /// `"experiment"`, `"predict"` or `"write"` on `bench.md#half-close`: a
    /// script to run, to bet on or to finish.
    Experiment {
        /// The experiment's name.
        name: String,
        /// How the reader meets it.
        mode: Mode,
    },
    /// `"diagram"` on `diagrams.md#tcp-header`: a diagram, with the link's words
    /// as its caption.
    Diagram {
        /// The diagram's name.
        name: String,
    },
    /// `"all-diagrams"`: every diagram of the book.
    AllDiagrams,
    /// `"play"`: a script of the reader's own.
    Play,
    /// `"all-experiments"`: the bench, with every experiment by topic.
    AllExperiments,
    /// `"all-differences"`: where the page and Linux differ.
    AllDifferences,
    /// `"all-claims"`: the list of all claims.
    AllClaims,
    /// `"all-labs"`: the list of all labs.
    AllLabs,
    /// `"all-terms"`: the glossary.
    AllTerms,
    /// `"all-verdicts"`: the table of lab, program and verdict.
    AllVerdicts,
}

/// The anchor of a claim on the page of all claims: `c1-16`.
#[must_use]
pub fn claim_anchor(claim: &str) -> String {
    format!("c{claim}")
}

impl Directive {
    /// Reads a link's `title` and `target`.
    ///
    /// `None` for a title that is no directive's. One that lacks its anchor or a
    /// part of its title reads as one with an empty name: there is none, so that
    /// whoever looks it up says so.
    #[must_use]
    pub fn parse(title: &str, target: &str) -> Option<Directive> {
        let anchor = target.split_once('#').map_or("", |(_, anchor)| anchor);
        Some(match title {
            "vote" => Directive::Vote { claim: anchor.strip_prefix('c').unwrap_or_default().to_string() },
            "votes-again" => Directive::VotesAgain,
            "lab" => Directive::Lab { lab: anchor.to_string() },
            "experiment" => Directive::Experiment { name: anchor.to_string(), mode: Mode::Run },
            "predict" => Directive::Experiment { name: anchor.to_string(), mode: Mode::Predict },
            "write" => Directive::Experiment { name: anchor.to_string(), mode: Mode::Write },
            "diagram" => Directive::Diagram { name: anchor.to_string() },
            "all-diagrams" => Directive::AllDiagrams,
            "play" => Directive::Play,
            "all-experiments" => Directive::AllExperiments,
            "all-differences" => Directive::AllDifferences,
            "all-claims" => Directive::AllClaims,
            "all-labs" => Directive::AllLabs,
            "all-terms" => Directive::AllTerms,
            "all-verdicts" => Directive::AllVerdicts,
            _ => {
                if let Some(address) = title.strip_prefix("quiz:") {
                    // The page has slashes of its own; the group has none.
                    let (page, group) = address.rsplit_once('/').unwrap_or((address, ""));
                    Directive::Quiz { page: page.to_string(), group: group.to_string() }
                } else if let Some(part) = title.strip_prefix("mixed:") {
                    Directive::Mixed { part: part.to_string() }
                } else {
                    let address = title.strip_prefix("review:")?;
                    let (page, question) = address.split_once('#').unwrap_or((address, ""));
                    Directive::Review { page: page.to_string(), question: question.to_string() }
                }
            }
        })
    }
}

/// A paragraph that is one titled link.
#[derive(Clone, Debug)]
pub struct Found {
    /// The whole paragraph in the text: replace this to render it.
    pub range: Range<usize>,
    /// The words of the link, in the language of the page.
    pub label: String,
    /// Where the link leads.
    pub target: String,
    /// The link's title.
    pub title: String,
    /// What it asks for; `None` if no directive is called so.
    pub directive: Option<Directive>,
}

/// A link titled as a directive that is none, for it does not stand alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Among {
    /// Where it starts in the text.
    pub at: usize,
    /// Its title.
    pub title: String,
}

/// What a text has of directives.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Paragraphs that are one titled link, in order.
    pub found: Vec<Found>,
    /// Links that would have been one in a paragraph of their own, in order.
    pub among: Vec<Among>,
}

/// The directives of `markdown`. The gates and the build read them here, so
/// that what passes the one is what the other puts in.
#[must_use]
pub fn read(markdown: &str) -> Reading {
    let mut reading = Reading::default();
    // What is put in is a block of its own: in a list or a quotation it would
    // stand outside of it.
    let mut nested = 0_usize;
    let mut paragraph: Option<Paragraph> = None;
    let mut links = Vec::new();
    for (event, range) in super::markdown(markdown).into_offset_iter() {
        if let Event::Start(Tag::Link { dest_url, title, .. }) = &event
            && Directive::parse(title, dest_url).is_some()
        {
            links.push(Among { at: range.start, title: title.to_string() });
        }
        match event {
            Event::Start(Tag::Paragraph) => paragraph = Some(Paragraph { range, ..Paragraph::default() }),
            Event::End(TagEnd::Paragraph) => {
                let found = paragraph.take().filter(|_| nested == 0).and_then(Paragraph::finish);
                if found.is_some() {
                    links.clear();
                }
                reading.found.extend(found);
            }
            Event::Start(ref tag) if holds_blocks(tag) => nested += 1,
            Event::End(
                TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition | TagEnd::DefinitionListDefinition,
            ) => {
                nested = nested.saturating_sub(1);
            }
            event => {
                if let Some(paragraph) = &mut paragraph {
                    paragraph.see(event);
                }
            }
        }
        if paragraph.is_none() {
            reading.among.append(&mut links);
        }
    }
    reading
}

fn holds_blocks(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_) | Tag::DefinitionListDefinition)
}

/// A paragraph while it is being read.
#[derive(Default)]
struct Paragraph {
    range: Range<usize>,
    links: Vec<(String, String)>,
    inside: bool,
    label: String,
    more: bool,
}

impl Paragraph {
    fn see(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Link { dest_url, title, .. }) => {
                self.links.push((dest_url.into_string(), title.into_string()));
                self.inside = true;
            }
            Event::End(TagEnd::Link) => self.inside = false,
            Event::Text(text) | Event::Code(text) if self.inside => self.label.push_str(&text),
            Event::SoftBreak | Event::HardBreak if self.inside => self.label.push(' '),
            Event::SoftBreak | Event::HardBreak => {}
            Event::Text(text) if text.trim().is_empty() => {}
            // Emphasis inside the link changes nothing; anything outside does.
            _ if self.inside => {}
            _ => self.more = true,
        }
    }

    fn finish(self) -> Option<Found> {
        let [(target, title)] = <[_; 1]>::try_from(self.links).ok()?;
        if self.more || title.is_empty() {
            return None;
        }
        let directive = Directive::parse(&title, &target);
        Some(Found { range: self.range, label: self.label, target, title, directive })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(markdown: &str) -> Vec<Found> {
        read(markdown).found
    }

    fn among(markdown: &str) -> Vec<String> {
        read(markdown).among.into_iter().map(|link| link.title).collect()
    }

    #[test]
    fn a_paragraph_of_one_titled_link_is_a_directive() {
        let text = "Guess first.\n\n[Claim 1-16: `connect()` waits](../claims.md#c1-16 \"vote\")\n\nNow run it.\n";
        let found = found(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].directive, Some(Directive::Vote { claim: "1-16".to_string() }));
        assert_eq!(found[0].label, "Claim 1-16: connect() waits");
        assert_eq!(text[found[0].range.clone()].trim_end(), text.lines().nth(2).unwrap());
    }

    #[test]
    fn a_link_among_words_is_a_link() {
        assert!(found("See [this](../claims.md#c1-16 \"vote\") first.\n").is_empty());
        assert!(found("[this](a.md \"vote\") [that](b.md \"vote\")\n").is_empty());
        assert!(found("[no title](a.md)\n").is_empty());
    }

    #[test]
    fn a_title_says_what_the_link_becomes() {
        let quiz = Directive::Quiz { page: "tcp/connection".into(), group: "handshake".into() };
        let review = Directive::Review { page: "start/opening-a-socket".into(), question: "kinds".into() };
        assert_eq!(Directive::parse("quiz:tcp/connection/handshake", "../labs.md"), Some(quiz));
        assert_eq!(Directive::parse("review:start/opening-a-socket#kinds", "x.md"), Some(review));
        assert_eq!(Directive::parse("votes-again", "../claims.md"), Some(Directive::VotesAgain));
        assert_eq!(Directive::parse("mixed:tcp", "x.md"), Some(Directive::Mixed { part: "tcp".into() }));
        assert_eq!(Directive::parse("lab", "labs.md#tcp-echo"), Some(Directive::Lab { lab: "tcp-echo".into() }));
        let bet = Directive::Experiment { name: "half-close".into(), mode: Mode::Predict };
        assert_eq!(Directive::parse("predict", "../bench.md#half-close"), Some(bet));
        assert_eq!(Directive::parse("votes", "../claims.md#c1-16"), None);
        assert_eq!(Directive::parse("vote", "../claims.md"), Some(Directive::Vote { claim: String::new() }));
    }

    #[test]
    fn a_directive_that_does_not_stand_alone_is_told() {
        assert_eq!(among("See [this](../bench.md#dup \"predict\") first.\n"), ["predict"]);
        assert_eq!(among("[one](a.md#c1 \"vote\") [two](b.md#b \"write\")\n"), ["vote", "write"]);
        for block in ["- ", "1. ", "> ", "# ", "- a\n\n  "] {
            let text = format!("{block}[Run](../bench.md#dup \"experiment\")\n");
            assert_eq!((found(&text).len(), among(&text)), (0, vec!["experiment".to_string()]), "{text}");
        }
        assert_eq!(among("[Run](../bench.md#dup \"experiment\")\n\n- [x](y.md \"a tooltip\")\n"), [""; 0]);
    }
}
