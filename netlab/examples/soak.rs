//! Bad input for as long as one likes: `soak MINUTES [FIRST_SEED]`.

use std::time::{Duration, Instant};

#[path = "../tests/hostile/mod.rs"]
mod hostile;

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let minutes = args.next().and_then(Result::ok).unwrap_or(1);
    let first = args.next().and_then(Result::ok).unwrap_or(0);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/experiments");
    let entries = std::fs::read_dir(folder).expect("the experiments of the book");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let scripts = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "sock"));
    let scripts: Vec<String> = scripts.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let until = Instant::now() + Duration::from_secs(minutes * 60);
    let mut seed = first;
    while Instant::now() < until {
        hostile::calls_and_packets(seed, 1_000);
        for part in 0..10 {
            hostile::scripts(seed * 10 + part, &scripts);
        }
        seed += 1;
    }
    println!("{} worlds and {} scripts, from seed {first}: no panic, no hang", seed - first, (seed - first) * 10);
}
