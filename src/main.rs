//! The `sockets` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sockets::cli::run(std::env::args_os())
}
