//! Bad input, a little of it; `cargo run --release -p netlab --example soak` has more.

#[path = "hostile/mod.rs"]
mod hostile;

fn experiments() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/experiments");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let scripts = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "sock"));
    scripts.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn any_order_of_calls_and_any_packet_ends_in_rest() {
    let established: usize = (0..60).map(|seed| hostile::calls_and_packets(seed, 300)).sum();
    assert!(established > 100, "only {established} connections: the calls are too random to mean anything");
}

#[test]
fn any_order_of_lines_ends() {
    let experiments = experiments();
    for seed in 0..150 {
        hostile::scripts(seed, &experiments);
    }
}

#[test]
fn any_text_is_a_script_or_has_a_mistake_with_a_place() {
    let experiments = experiments();
    let read = (0..1_000).filter(|seed| hostile::input::text(*seed, &experiments)).count();
    assert!((100..900).contains(&read), "{read} of 1000 are scripts: too few or too many changes to mean anything");
}

#[test]
fn any_packet_is_taken_apart() {
    let read = (0..1_000).filter(|seed| hostile::input::packet(*seed)).count();
    assert!(read > 500, "only {read} of 1000 were packets");
}
