//! Experiments on pages, as they are without a script.

use std::path::Path;

use netlab::run::{Options, run};
use netlab::script::parse;
use sockets::book::experiment::{Bench, Mark};
use sockets::site::{Site, build};
use sockets::text::Lang;

use crate::small;

fn small_site() -> Site {
    build(small::project().root(), None, Lang::En, &|_| {}).unwrap()
}

/// The section of the experiment in one mode.
#[track_caller]
fn section<'a>(site: &'a Site, lang: &str, mode: &str) -> &'a str {
    let page = std::str::from_utf8(&site.files[&format!("{lang}/tcp/connection.html")]).unwrap();
    let sections = page.split("<section ").filter(|section| section.contains("data-script=\"alone\""));
    let mut sections = sections.filter(|section| section.contains(&format!("data-mode=\"{mode}\"")));
    sections.next().unwrap_or_else(|| panic!("no {mode} in {page}")).split("</section>").next().unwrap()
}

/// What is seen before anything is opened, without markup.
fn seen(section: &str) -> String {
    let visible = section.split("<details").next().unwrap();
    // Its own tag first, and whatever that keeps for scripts.
    visible.split('>').skip(1).map(|piece| piece.split('<').next().unwrap_or_default()).collect()
}

#[test]
fn an_experiment_has_its_script_and_its_transcript() {
    let site = small_site();
    for lang in ["en", "ko"] {
        let run = section(&site, lang, "run");
        assert!(seen(run).contains("socket(AF_INET, SOCK_DGRAM)"), "{run}");
        assert!(run.contains("data-testid=\"transcript\""), "{run}");
        // The sentence at the top is the page's to say, and marks are no one's.
        assert!(!run.contains("It is alone") && !run.contains("# yours"), "{run}");
        assert!(run.contains("bench.html#alone"), "{run}");
    }
    // Who reads it is told that nothing is left to guess; of a bet something is.
    assert!(seen(section(&site, "en", "run")).contains("the results stand behind the arrows"));
    assert!(seen(section(&site, "ko", "run")).contains("화살표 뒤가 결과"));
    assert!(!seen(section(&site, "en", "predict")).contains("stand behind the arrows"));
    assert!(section(&site, "en", "run").contains("What happens?"));
    assert!(section(&site, "ko", "run").contains("무슨 일이 생길까요?"));
}

#[test]
fn a_bet_comes_before_the_result() {
    let site = small_site();
    let predict = section(&site, "en", "predict");
    let seen = seen(predict);
    assert!(seen.contains("-&gt; ?") && !seen.contains("EDESTADDRREQ"), "{seen}");
    // Only what is marked is asked.
    assert!(seen.contains("EBADF"), "{seen}");
    assert!(predict.contains("data-asked=\"5\""), "{predict}");
    assert!(predict.contains("<details") && !predict.contains("<details open"), "{predict}");
}

#[test]
fn the_readers_lines_are_not_shown() {
    let site = small_site();
    let seen = seen(section(&site, "en", "write"));
    assert_eq!(seen.matches("close(u)").count(), 1, "{seen}");
    assert!(seen.contains("# write your lines here"), "{seen}");
    // Between failing and the solution there is a hint, for who has to write only.
    assert!(section(&site, "ko", "write").contains("<summary>힌트</summary><p>닫으세요.</p>"));
    assert!(!section(&site, "ko", "run").contains("닫으세요."));
}

/// A task that is done before the reader begins, or cannot be done, is none.
#[test]
fn what_the_reader_writes_makes_the_difference() {
    let bench = Bench::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(bench.experiments.len() >= 30);
    for (name, experiment) in &bench.experiments {
        let passes = |text: &str| parse(text).is_ok_and(|script| run(&script, Options::default()).passed());
        assert!(passes(&experiment.script), "{name} fails");
        assert!(passes(&experiment.shown()), "{name} fails without its marks");
        if experiment.has(Mark::Yours) {
            let left = experiment.unsolved("here");
            assert!(!passes(&left), "{name} passes without the reader's lines:\n{left}");
        }
    }
}

/// The pieces that explain the grammar are one script, and do what they say.
#[test]
fn what_the_bench_explains_runs() {
    for lang in ["en", "ko"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("book/{lang}/bench.md"));
        let text = std::fs::read_to_string(path).unwrap();
        let pieces = text.split("```sock\n").skip(1).filter_map(|piece| piece.split("```").next());
        let script: String = pieces.collect();
        assert!(script.contains("repeat"), "{lang}: no pieces");
        let run = run(&parse(&script).unwrap(), Options::default());
        assert!(run.passed(), "{lang}: {:?}", run.failures);
    }
}

/// What the page suggests for a misspelt word is a word that it understands.
#[test]
fn suggested_words_can_be_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/theme/experiment-near.js");
    let text = std::fs::read_to_string(path).unwrap();
    let list = |name: &str| -> Vec<String> {
        let (_, list) = text.split_once(&format!("const {name} = (")).unwrap();
        let (list, _) = list.split_once(")").unwrap();
        list.split('"').skip(1).step_by(2).flat_map(str::split_whitespace).map(str::to_string).collect()
    };
    let expected = |script: &str| parse(script).err().map(|error| error.expected.id());
    let begun = "host a 10.0.0.1\n\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n";
    let (calls, options) = (list("CALLS"), list("OPTIONS"));
    assert!(calls.len() > 20 && options.len() > 20);
    for call in calls {
        // A call that is known asks for something between its brackets.
        assert_ne!(expected(&format!("{begun}  {call}(!\n")), Some("call"), "{call}");
    }
    assert_eq!(expected(&format!("{begun}  sentdo(u)\n")), Some("call"));
    let all = netlab::script::ast::SockOpt::ALL;
    assert_eq!(options, all.iter().map(|(_, name)| *name).collect::<Vec<_>>());
}
