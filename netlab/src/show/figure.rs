//! The words of a figure, in the language of the page.

macro_rules! words {
    ($($name:ident = $english:literal, $what:literal;)*) => {
        /// What a figure says, and what its ids begin with.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Figure {
            $(#[doc = $what] pub $name: String,)*
        }

        impl Default for Figure {
            fn default() -> Figure {
                Figure { $($name: $english.to_owned(),)* }
            }
        }

        impl Figure {
            /// The names of the words.
            pub const WORDS: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Reads lines `name=word`; what is not there is English, and what
            /// is not known is passed over.
            #[must_use]
            pub fn read(text: &str) -> Figure {
                let mut figure = Figure::default();
                for (name, word) in text.lines().filter_map(|line| line.split_once('=')) {
                    match name {
                        $(stringify!($name) => figure.$name = word.to_owned(),)*
                        _ => {}
                    }
                }
                figure
            }
        }
    };
}

words! {
    prefix = "run", "What the ids begin with, unique in the page.";
    title = "What the hosts did, and the packets between them", "The title, for those who hear the figure.";
    desc = "Time runs downwards. Each host is a vertical line with its calls; packets are arrows between the lines.",
        "What there is to see, for those who hear the figure.";
    lost = "lost", "A packet that was lost by chance.";
    dropped = "dropped", "A packet that a line of the script took away.";
    full = "queue full", "A packet that found the queue of a link full.";
    unreachable = "no route", "A packet for an address that nobody has.";
    expired = "TTL over", "A packet whose time to live was over.";
    waits = "waits", "A call that does not return at once.";
    again = "again", "A segment or datagram that was sent before.";
    hidden = "{n} events not drawn", "So many events are left out; `{n}` is the number.";
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn words_are_read_by_name_and_the_rest_is_english() {
        let figure = Figure::read("lost=사라짐\nprefix=x1\nnonsense\nsomething=else\nhidden=a=b");
        assert_eq!((figure.lost.as_str(), figure.prefix.as_str(), figure.hidden.as_str()), ("사라짐", "x1", "a=b"));
        assert_eq!(figure.dropped, "dropped");
        assert!(Figure::WORDS.contains(&"expired"));
    }
}
