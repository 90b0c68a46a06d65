//! Bad input for as long as one likes: `soak MINUTES [FIRST_SEED] [calls|text|packets]`.

use std::time::{Duration, Instant};

#[path = "../tests/hostile/mod.rs"]
mod hostile;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| args.get(at).and_then(|arg| arg.parse::<u64>().ok());
    let (minutes, first) = (number(0).unwrap_or(1), number(1).unwrap_or(0));
    let only = args.get(2).map_or("", String::as_str);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/experiments");
    let entries = std::fs::read_dir(folder).expect("the experiments of the book");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let scripts = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "sock"));
    let scripts: Vec<String> = scripts.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let until = Instant::now() + Duration::from_secs(minutes * 60);
    let does = |what: &str| only.is_empty() || only == what;
    let (mut seed, mut worlds, mut runs, mut texts, mut packets) = (first, 0, 0, 0, 0);
    while Instant::now() < until {
        if does("calls") {
            hostile::calls_and_packets(seed, 1_000);
            worlds += 1;
            for part in 0..10 {
                hostile::scripts(seed * 10 + part, &scripts);
                runs += 1;
            }
        }
        for part in 0..1_000 {
            if does("text") {
                hostile::input::text(seed * 1_000 + part, &scripts);
                texts += 1;
            }
            if does("packets") {
                hostile::input::packet(seed * 1_000 + part);
                packets += 8;
            }
        }
        seed += 1;
    }
    println!("{worlds} worlds, {runs} runs, {texts} texts, {packets} packets, from seed {first}: no panic, no hang");
}
