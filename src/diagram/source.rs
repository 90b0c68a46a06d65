//! What an author writes: `book/diagrams/NAME.toml`.
//!
//! ```toml
//! kind = "sequence"                         # or header, queue, states, tcp-states
//! title = { en = "A refusal", ko = "거절" }   # for those who hear the diagram,
//! desc = { en = "…", ko = "…" }              # with what there is to see
//! host = [
//!   { id = "client", en = "client", ko = "클라이언트" },
//!   { id = "server", en = "server", ko = "서버" },
//! ]
//! step = [
//!   { from = "client", to = "server", both = "SYN" },
//!   { at = "server", en = "nobody listens", ko = "리스닝하는 소켓 없음" },
//! ]
//! ```
//!
//! A label is `en` and `ko`, or `both` where the wire or a program has the word.
//! A piece between backticks is set as code, and must have no space in it.

use serde::Deserialize;
use toml::Spanned;

use crate::text::Bilingual;

/// The part that all kinds share; the rest is read by kind.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) kind: Spanned<String>,
}

/// The words of a thing.
pub(super) trait Named {
    fn words(&self) -> (Option<&str>, Option<&str>, Option<&str>);
}

macro_rules! named {
    ($(#[$more:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$more])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$about])* pub(super) $field: $kind,)*
            en: Option<String>,
            ko: Option<String>,
            both: Option<String>,
        }

        impl Named for $name {
            fn words(&self) -> (Option<&str>, Option<&str>, Option<&str>) {
                (self.en.as_deref(), self.ko.as_deref(), self.both.as_deref())
            }
        }
    };
}

named!(Host { id: String });
named!(Step {
    from: Option<String>,
    to: Option<String>,
    at: Option<String>,
    #[serde(default)]
    lost: bool,
    #[serde(default)]
    mark: bool,
});
named!(Field {
    id: String,
    /// `0-15`, or one number; from the left of the row.
    bits: String,
    #[serde(default)]
    mark: bool,
});
named!(Node {
    id: String,
    /// Column and row.
    at: [u8; 2],
    wide: Option<u8>,
    /// Rows it stands beside; 1 if it is not said.
    tall: Option<u8>,
    #[serde(default)]
    cell: Vec<Spanned<Cell>>,
    slots: Option<u8>,
    filled: Option<u8>,
    #[serde(default)]
    mark: bool,
});
named!(Cell { id: String });
named!(Edge {
    /// A box, or `box.cell`.
    from: String,
    to: String,
    #[serde(default)]
    mark: bool,
    #[serde(default)]
    dashed: bool,
});

macro_rules! kind {
    ($name:ident { $($(#[$about:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            #[serde(rename = "kind")]
            _kind: String,
            pub(super) title: Bilingual,
            pub(super) desc: Bilingual,
            $($(#[$about])* pub(super) $field: $kind,)*
        }
    };
}

kind!(Sequence { host: Vec<Spanned<Host>>, step: Vec<Spanned<Step>>, });
kind!(Header {
    /// Of a row; 32 if it is not said.
    bits: Option<usize>,
    row: Vec<Spanned<Row>>,
});
kind!(Boxes {
    /// Between boxes, and between rows, in units.
    gap: Option<[i32; 2]>,
    #[serde(alias = "state")]
    r#box: Vec<Spanned<Node>>,
    #[serde(default, alias = "edge")]
    arrow: Vec<Spanned<Edge>>,
});
kind!(TcpStates {
    /// The states that are marked.
    path: Vec<Spanned<String>>,
});

/// A row of a header.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// Its length differs from packet to packet.
    #[serde(default)]
    pub(super) open: bool,
    pub(super) field: Vec<Spanned<Field>>,
}
