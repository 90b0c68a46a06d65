//! `sockets net rust`: every experiment of the book as a Rust program that
//! compiles without a warning, is formatted, and behaves the same.
//!
//! All programs are modules of one generated package, so that they are compiled
//! at once; it runs one of them, in a private network.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use netlab::rust::{self, Lang};
use netlab::script;

/// A program ends by itself; this only bounds one that is broken.
const DEADLINE: Duration = Duration::from_secs(120);

/// How many programs run at the same time: most of the time they wait.
const WORKERS: usize = 6;

/// What a program exits with when its private network was refused.
const NOT_RUN: i32 = 3;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The experiments of the book by name.
fn experiments() -> BTreeMap<String, String> {
    let entries = fs::read_dir(root().join("book/experiments")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|end| end == "sock"));
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    scripts.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

fn program(text: &str, lang: Lang) -> String {
    rust::program(&script::parse(text).unwrap(), lang).unwrap()
}

/// Writes only what is new: cargo looks at times.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A package whose program runs the module that is named, as a program of its
/// own, in a private network.
fn package(folder: &Path, programs: &BTreeMap<String, String>) {
    let module = |name: &str| name.replace('-', "_");
    write(
        &folder.join("Cargo.toml"),
        "[package]\nname = \"programs\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nlibc = \"0.2\"\n\
         socket2 = { version = \"0.6\", features = [\"all\"] }\n\n[lints.rust]\nwarnings = \"deny\"\n",
    );
    if !folder.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    }
    // The format that a reader's own project has, not that of this repository.
    write(&folder.join("rustfmt.toml"), "");
    let private = root().join("book/listings/src/private_network.rs");
    let mut main = format!("#[path = {private:?}]\nmod private_network;\n");
    let mut arms = String::new();
    for (name, text) in programs {
        let name = module(name);
        // A module: its `main` is called from outside.
        let text = text.replace("\nfn main()", "\npub fn main()");
        write(&folder.join("src").join(&name).with_extension("rs"), &text);
        main.push_str(&format!("mod {name};\n"));
        arms.push_str(&format!("        Some(\"{name}\") => {name}::main().report(),\n"));
    }
    main.push_str(&format!(
        "\nfn main() -> std::process::ExitCode {{\n    use std::process::Termination;\n    \
         private_network::enter_or_exit();\n    match std::env::args().nth(1).as_deref() {{\n{arms}        \
         _ => std::process::ExitCode::from(2),\n    }}\n}}\n"
    ));
    write(&folder.join("src/main.rs"), &main);
}

fn build(folder: &Path) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = folder.join("target");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--offline", "--target-dir"]).arg(&target).current_dir(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("debug/programs")
}

/// Runs a program to its end, or kills it and gives nothing.
fn run(executable: &Path, name: &str) -> Option<Output> {
    let mut command = Command::new(executable);
    command.arg(name.replace('-', "_")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let until = Instant::now() + DEADLINE;
    // It prints a few lines, which any pipe holds.
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Some(child.wait_with_output().unwrap())
}

/// What is wrong with a run, if anything.
fn wrong(output: Option<Output>) -> Option<String> {
    let Some(output) = output else { return Some(format!("still ran after {DEADLINE:?}")) };
    let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(0) => None,
        Some(NOT_RUN) if std::env::var("LAB_ALLOW_SKIP").as_deref() == Ok("1") => None,
        _ => Some(said()),
    }
}

/// What needs the network of the script. Everything else has to run.
const ONLY_COMPILED: &[&str] = &[
    "answer-and-leave",
    "closing-states",
    "end-in-line",
    "end-vanished",
    "fast-again",
    "gap",
    "half-open",
    "half-way",
    "in-use-or-not-mine",
    "last-ack-lost",
    "linger-no-cure",
    "lost-data",
    "lost-for-ever",
    "lost-syn",
    "lost-syn-ack",
    "make-room",
    "no-way",
    "numbered-bytes",
    "patience",
    "said-twice",
    "same-line",
    "simultaneous-close",
    "simultaneous-open",
    "syn-patience",
    "traceroute",
    "vanished-silence",
    "which-address",
    "who-gets-it",
];

/// Compiles, and tells another story on one machine: two handshakes are under
/// way at once only over a link with a delay, which `rust::missing` does not see.
const ANOTHER_STORY: &str = "connected-not-queued";

/// Calls in a random order and what Linux answered to them.
fn recorded() -> impl Iterator<Item = (String, String)> {
    let text = fs::read_to_string(root().join("netlab/tests/kernel.sock")).unwrap();
    let scripts: Vec<String> = text.split("\nhost ").skip(1).map(|script| format!("host {script}")).collect();
    scripts.into_iter().enumerate().map(|(n, script)| (format!("recorded-{n}"), script))
}

/// Every call with every kind of result, those too that it can never have.
fn any_result() -> String {
    const CALLS: &str = "c = socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP)/socket(AF_INET6, SOCK_RAW, 132)/\
        bind(c, 0.0.0.0:80)/listen(c, 5)/c = accept(c)/connect(c, b:80)/send(c, \"x\")/send(c, \"\\xff\", MSG_DONTWAIT)/\
        sendto(u, bytes(9), here)/sendto(r, echo(7, 1, \"ping\"), b:0, MSG_PEEK)/recv(c, 100)/recv(c, 5, MSG_PEEK)/\
        peer = recvfrom(u, 100)/recvfrom(u, 5, MSG_TRUNC)/shutdown(c, SHUT_WR)/close(c)/d = dup(c)/getsockname(c)/\
        here = getsockname(c)/peer = getpeername(c)/setsockopt(c, SO_REUSEADDR, 1)/setsockopt(c, IP_TTL, -1)/\
        setsockopt(c, SO_LINGER, on 0s)/setsockopt(c, SO_ERROR, 1)/getsockopt(c, SO_KEEPALIVE)/\
        getsockopt(c, SO_LINGER)/getsockopt(c, SO_RCVTIMEO)/getsockopt(c, SO_RCVBUF)/getsockopt(c, SO_ERROR)/\
        getsockopt(c, SO_TYPE)/getsockopt(c, SO_DOMAIN)/getsockopt(c, SO_PROTOCOL)/getsockopt(c, TCP_INFO)/\
        getsockopt(c, TCP_USER_TIMEOUT)/getsockopt(c, IP_RECVERR)/fcntl(c, O_NONBLOCK)/poll(c POLLIN, 77 POLLIN, 0s)/\
        write_all(c, bytes(5))/read_exact(c, 5)/read_to_end(c)";
    const RESULTS: &str = "/-> 0/-> 5/-> -3/-> ECONNREFUSED/-> 1..9/-> -5..-1/-> -5..9/-> \"data\"/-> 5 \"\"/\
        -> 9 \"data\" from 10.0.0.1:*/-> from *:80/-> from *:*/-> 4 from 10.0.0.1:5000/-> 10.0.0.1:*/-> *:*/-> [::1]:5/\
        -> c POLLIN/-> s POLLHUP/-> ESTABLISHED/-> SOCK_STREAM/-> AF_INET6/-> on 0s/-> off/-> 200ms/-> bytes(100)/\
        -> 7 bytes(5)/-> hex(00 ff)/-> echo(7, 1, \"x\")/-> \"안녕 \\x07 \\\" \\\\ 'q'\"/-> *";
    let mut text = "host a 10.0.0.1 fd00::1\nhost b 10.0.0.2\nlink a b delay 1ms\na:\n".to_owned();
    for call in CALLS.split('/') {
        // Each has the same to begin with.
        text.push_str("c = socket(AF_INET, SOCK_STREAM)\nu = socket(AF_INET6, SOCK_DGRAM)\n");
        text.push_str("r = socket(AF_INET, SOCK_RAW)\nhere = getsockname(u)\n");
        for result in RESULTS.split('/') {
            text.push_str(&format!("{} {result}\n", call.trim()));
        }
    }
    text
}

#[test]
fn every_experiment_is_a_program_that_compiles_and_behaves_the_same() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("net_rust");
    let mut scripts = experiments();
    scripts.extend(recorded());
    let mut programs: BTreeMap<String, String> =
        scripts.iter().map(|(name, text)| (name.clone(), program(text, Lang::En))).collect();
    // Not what happens: it has to fail, or the others prove nothing.
    let lies = scripts["before-accept"].replace("recv(d, 100) -> 5 \"early\"", "recv(d, 100) -> 5 \"later\"");
    assert_ne!(lies, scripts["before-accept"]);
    programs.insert("lies".to_owned(), program(&lies, Lang::En));
    programs.insert("any-result".to_owned(), program(&any_result(), Lang::En));
    package(&folder, &programs);
    let executable = build(&folder);

    let shown = |text: &str| rust::missing(&script::parse(text).unwrap(), Lang::En).is_empty();
    let (runs, compiled): (Vec<_>, Vec<_>) = scripts.iter().partition(|(_, text)| shown(text));
    assert_eq!(compiled.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ONLY_COMPILED);
    let names = runs.iter().map(|(name, _)| name.as_str()).filter(|name| *name != ANOTHER_STORY);
    let names = Mutex::new(names.collect::<Vec<_>>());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(name) = { names.lock().unwrap().pop() } {
                    if let Some(why) = wrong(run(&executable, name)) {
                        failures.lock().unwrap().push(format!("{name}: {why}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    let lied = run(&executable, "lies").expect("a program that fails does not leave the others waiting");
    if lied.status.code() != Some(NOT_RUN) {
        assert!(String::from_utf8_lossy(&lied.stderr).contains("assertion"), "{lied:?}");
        assert_eq!(lied.status.code(), Some(1));
    }
}

#[test]
fn programs_are_formatted_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("rustfmt.toml"), "");
    let mut command = Command::new("rustfmt");
    command.args(["--check", "--edition", "2024"]);
    for (name, text) in experiments().into_iter().chain(recorded()) {
        for (lang, end) in [(Lang::En, "en.rs"), (Lang::Ko, "ko.rs")] {
            let path = folder.path().join(&name).with_extension(end);
            write(&path, &program(&text, lang));
            command.arg(path);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_command_prints_the_program_in_the_language_of_the_reader() {
    let net = |lang: &str, file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockets"));
        command.current_dir(root()).env_remove("LAB_LANG").env("SOCKETS_LANG", lang).args(["net", "rust", file]);
        command.output().unwrap()
    };
    let text = &experiments()["half-close"];
    for (code, lang) in [("en", Lang::En), ("ko", Lang::Ko)] {
        let printed = net(code, "book/experiments/half-close.sock");
        assert_eq!(printed.status.code(), Some(0));
        assert_eq!(String::from_utf8(printed.stdout).unwrap(), program(text, lang));
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let fails = |lang: &str, text: &str| {
        fs::write(&path, text).unwrap();
        let failed = net(lang, path.to_str().unwrap());
        assert_eq!((failed.status.code(), failed.stdout.as_slice()), (Some(1), &b""[..]));
        String::from_utf8(failed.stderr).unwrap()
    };
    let wrong = "host a 10.0.0.1\na:\n  sokcet(AF_INET, SOCK_STREAM)\n";
    assert!(fails("en", wrong).ends_with(
        "a.sock:3:3: expected a call, such as `send(c, \"hello\")` (found `sokcet`) Did you mean `socket`?\n"
    ));
    assert!(fails("ko", wrong).contains("a.sock:3:3: 여기에는 호출을 적어야 합니다"));
    let twice = "host a 10.0.0.1\na:\n  c = socket(AF_INET, SOCK_STREAM)\n  repeat 2\n    close(c)\n  end\n";
    assert!(fails("en", twice).contains("a repeat closes a descriptor"));
}
