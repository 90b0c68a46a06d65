//! What judges the labs has tests of its own, in the workspace that students get.

use std::path::Path;
use std::process::Command;

#[test]
fn the_harness_proves_itself() {
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--quiet", "--locked", "-p", "harness"]).current_dir(labs);
    let output = cargo.env_remove("CARGO_TARGET_DIR").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
