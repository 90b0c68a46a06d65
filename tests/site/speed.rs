//! How long a build takes, beside plain mdBook in the same run.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use sockets::site;
use sockets::text::Lang;

/// How many times each is done; the median counts.
const ROUNDS: usize = 5;

#[test]
#[ignore = "a measurement: cargo test --release --test site -- --ignored --nocapture speed"]
fn speed_beside_two_plain_builds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    let (mut plain, mut ours) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..ROUNDS {
        plain.push(time(|| {
            for lang in Lang::ALL {
                let mut config = Config::from_disk(root.join("book.toml")).unwrap();
                config.book.src = PathBuf::from("book").join(lang.code());
                config.build.build_dir = out.path().join(lang.code());
                MDBook::load_with_config(root, config).unwrap().build().unwrap();
            }
        }));
        ours.push(time(|| {
            site::build(root, None, Lang::En, &|_| {}).unwrap();
        }));
    }
    let (plain, ours) = (median(plain), median(ours));
    let ratio = ours.as_secs_f64() / plain.as_secs_f64();
    println!("two plain builds {plain:.0?}, both editions {ours:.0?}, ratio {ratio:.2}");
    if cfg!(debug_assertions) {
        assert!(ours <= Duration::from_secs(2), "whoever writes waits too long: {ours:.0?}");
        return;
    }
    assert!(ratio <= 1.5, "more than half as much again as plain mdBook: {ratio:.2}");
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
