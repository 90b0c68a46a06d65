//! 200 KB at 10 % loss for many seeds: `sweep SEEDS [FIRST]`.

#[path = "../tests/sweep/mod.rs"]
mod sweep;

fn main() -> std::process::ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>());
    let seeds = args.next().and_then(Result::ok).unwrap_or(1_000);
    let first = args.next().and_then(Result::ok).unwrap_or(1);
    let (mut bad, mut longest) = (0, 0);
    for seed in first..first + seeds {
        match sweep::transfer(seed) {
            Ok(time) => longest = longest.max(time),
            Err(why) => {
                bad += 1;
                println!("{why}");
            }
        }
    }
    println!("{seeds} seeds from {first}: {bad} bad, at most {} of virtual time", netlab::time::seconds(longest));
    if bad == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
