//! 200 KB over a line that loses one packet in ten.

use netlab::run::{Options, run};
use netlab::script::parse;

const SCRIPT: &str = "\
host a 10.0.0.1
host b 10.0.0.2
link a b delay 20ms loss 10%
limit 36000s

server on b:
  s = socket(AF_INET, SOCK_STREAM)
  bind(s, 0.0.0.0:80)
  listen(s, 5)
  d = accept(s)
  read_to_end(d) -> 200000 bytes(200000)
  close(d)

a:
  wait 1ms
  c = socket(AF_INET, SOCK_STREAM)
  connect(c, b:80)
  write_all(c, bytes(200000)) -> 200000
  shutdown(c, SHUT_WR)
  recv(c, 1) -> 0
  close(c)
";

/// The virtual time that the transfer took, or why it failed.
///
/// # Errors
///
/// What was lost, or who waits for what.
pub(crate) fn transfer(seed: u64) -> Result<u64, String> {
    let script = parse(SCRIPT).map_err(|error| error.to_string())?;
    let run = run(&script, Options { seed, record: false, ..Options::default() });
    if run.passed() { Ok(run.now) } else { Err(format!("seed {seed}: {}: {:?}", run.end, run.failures)) }
}
