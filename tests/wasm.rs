//! The WebAssembly that is checked in: it is made from these sources, it is
//! small, and it says what the native code says, byte for byte.
//!
//! After a change under `netlab/`: `cargo run -- net page`.

use std::collections::BTreeMap;
use std::path::Path;

use netlab::rust::Lang;
use netlab::show::{self, Figure, Played};
use sockets::net::page;
use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

/// Most that a reader loads to run something, with gzip.
const MOST: u64 = 130_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(root().join("book/theme").join(name)).unwrap()
}

/// The scripts of all experiments by name.
fn experiments() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(root().join("book/experiments")).unwrap().map(|entry| entry.unwrap().path());
    let scripts = entries.filter(|path| path.extension().is_some_and(|end| end == "sock"));
    scripts
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// An instance of a file in `book/theme/`, used as a page uses it.
struct Page {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Page {
    fn new(name: &str) -> Page {
        let engine = Engine::new(&Config::default());
        let module = Module::new(&engine, file(name)).unwrap();
        assert_eq!(module.imports().count(), 0, "a page has nothing to give");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        Page { store, instance, memory }
    }

    fn function<In: wasmi::WasmParams>(&self, name: &str) -> TypedFunc<In, u32> {
        self.instance.get_typed_func(&self.store, name).unwrap()
    }

    fn put(&mut self, bytes: &[u8]) {
        let reserve = self.function::<u32>("reserve");
        let at = reserve.call(&mut self.store, bytes.len() as u32).unwrap();
        self.memory.write(&mut self.store, at as usize, bytes).unwrap();
    }

    fn take(&mut self, length: u32) -> Vec<u8> {
        let result = self.function::<()>("result");
        let at = result.call(&mut self.store, ()).unwrap();
        let mut bytes = vec![0; length as usize];
        self.memory.read(&self.store, at as usize, &mut bytes).unwrap();
        bytes
    }

    fn text(&mut self, length: u32) -> String {
        String::from_utf8(self.take(length)).unwrap()
    }

    fn play(&mut self, script: &str, words: &str, seed: u32) -> String {
        self.put(format!("{script}{words}").as_bytes());
        let play = self.function::<(u32, u32, u32)>("play");
        let length = play.call(&mut self.store, (script.len() as u32, words.len() as u32, seed)).unwrap();
        self.text(length)
    }

    fn sockets(&mut self, n: u32) -> String {
        let sockets = self.function::<u32>("sockets");
        let length = sockets.call(&mut self.store, n).unwrap();
        self.text(length)
    }

    fn dissect(&mut self, packet: &[u8]) -> String {
        self.put(packet);
        let dissect = self.function::<()>("dissect");
        let length = dissect.call(&mut self.store, ()).unwrap();
        self.text(length)
    }

    fn pcap(&mut self) -> Vec<u8> {
        let pcap = self.function::<()>("pcap");
        let length = pcap.call(&mut self.store, ()).unwrap();
        self.take(length)
    }

    fn rust(&mut self, script: &str, korean: bool) -> String {
        self.put(script.as_bytes());
        let rust = self.function::<(u32, u32)>("rust");
        let length = rust.call(&mut self.store, (script.len() as u32, u32::from(korean))).unwrap();
        self.text(length)
    }
}

/// Panics with the place where two texts part, and not with all of them.
fn same(what: &str, wasm: &str, native: &str) {
    if wasm != native {
        let at = wasm.bytes().zip(native.bytes()).take_while(|(a, b)| a == b).count();
        let around = |text: &str| {
            let from = at.saturating_sub(60);
            String::from_utf8_lossy(&text.as_bytes()[from..(at + 60).min(text.len())]).into_owned()
        };
        panic!("{what}: byte {at}\nwasm:   {}\nnative: {}", around(wasm), around(native));
    }
}

#[test]
fn the_files_are_made_from_these_sources() {
    let sources = page::sources(root()).unwrap();
    for (name, _) in page::FILES {
        assert_eq!(
            page::made_from(&file(name)).as_deref(),
            Some(sources.as_str()),
            "book/theme/{name} is not made from the sources that are here; `cargo run -- net page` makes it anew"
        );
    }
}

#[test]
fn a_reader_loads_little() {
    for (name, _) in page::FILES {
        let size = page::gzip_size(&file(name)).unwrap();
        assert!(size <= MOST, "{name} has {size} bytes with gzip, more than {MOST}");
    }
}

#[test]
fn nothing_of_this_machine_is_in_the_files() {
    for (name, _) in page::FILES {
        let file = file(name);
        for needle in [".cargo/registry", "index.crates.io", "/home/", "/root/", "/Users/"] {
            let found = file.windows(needle.len()).position(|window| window == needle.as_bytes());
            assert_eq!(found, None, "{name} holds {needle}");
        }
    }
}

#[test]
fn every_experiment_is_the_same_in_a_page() {
    let mut page = Page::new("netlab.wasm");
    for (name, script) in experiments() {
        let seeds: &[u32] = if script.contains("loss") { &[1, u32::MAX] } else { &[1] };
        for seed in seeds {
            let wasm = page.play(&script, "", *seed);
            same(&format!("{name}, seed {seed}"), &wasm, &show::play(&script, u64::from(*seed)));
        }
    }
}

#[test]
fn questions_about_a_run_have_the_same_answers_in_a_page() {
    let mut page = Page::new("netlab.wasm");
    let words = "prefix=x1\nlost=사라짐\nwaits=기다림\nhidden={n}";
    for name in ["half-close", "lost-syn", "traceroute", "udp-longest"] {
        let script = &experiments()[name];
        let played = Played::new(script, 3);
        same(name, &page.play(script, words, 3), &played.json(&Figure::read(words)));
        for n in [0, 5, 10, 20, 10_000] {
            same(&format!("{name}: sockets after {n}"), &page.sockets(n), &played.sockets(n as usize));
        }
        let pcap = page.pcap();
        assert_eq!(pcap, played.pcap(), "{name}");
        // The first packet: after the heads of the file and of the record.
        let length = u32::from_le_bytes(pcap[32..36].try_into().unwrap()) as usize;
        let packet = &pcap[40..40 + length];
        same(&format!("{name}: first packet"), &page.dissect(packet), &show::dissect(packet));
    }
}

#[test]
fn scripts_are_the_same_in_rust_in_a_page() {
    let mut page = Page::new("netlab-rust.wasm");
    for (name, script) in experiments() {
        same(&name, &page.rust(&script, false), &show::rust(&script, Lang::En));
        same(&name, &page.rust(&script, true), &show::rust(&script, Lang::Ko));
    }
}

/// What asks for too much is told so, and the page goes on.
#[test]
fn absurd_scripts_end_with_an_answer() {
    let mut page = Page::new("netlab.wasm");
    let host = "host a 10.0.0.1\nhost b 10.0.0.2\nlink a b delay 1ms\n";
    let flood = "a:\n  u = socket(AF_INET, SOCK_DGRAM)\n  repeat 100000\n    sendto(u, bytes(1000), b:9)\n  end\n";
    let many: String = (0..40).map(|n| format!("host h{n} 10.0.1.{n}\n")).collect();
    let long = format!("{}x", "#".repeat(900_000));
    let deep = "a:\n".to_owned() + &"  repeat 100000\n".repeat(500);
    let cases = [
        (format!("{host}{}", flood.replace("1000)", "1)")), r#""end":"records","limit":20000"#),
        (format!("{host}{}", flood.replace("1000)", "60000)")), r#""end":"bytes","limit":8388608"#),
        (format!("limit 100000s\n{host}a:\n  wait 99999s\n  wait 99999s\n"), r#""end":"time","limit":100000000"#),
        (format!("{host}a:\n  s = socket(AF_INET, SOCK_STREAM)\n  accept(s)\n"), r#""end":"finished""#),
        (format!("{host}a:\n  wait 100001s\n"), r#"{"ok":false,"line":5,"column":8,"expected":"most-time""#),
        (format!("{host}a:\n  repeat 100001\n  end\n"), r#"{"ok":false,"line":5,"column":3,"expected":"most-repeats""#),
        (many, r#"{"ok":false,"line":17,"column":1,"expected":"most-hosts""#),
        (long, r#"{"ok":false,"line":1,"column":1,"expected":"most-text""#),
        (format!("{host}{deep}"), r#"{"ok":false,"line":6,"column":3,"expected":"nested""#),
        ("\u{0}\u{feff}host".to_owned(), r#"{"ok":false,"line":1"#),
        (String::new(), r#"{"ok":true,"hosts":[],"#),
    ];
    for (script, part) in cases {
        let json = page.play(&script, "", 1);
        let shown = String::from_utf8_lossy(&json.as_bytes()[json.len().saturating_sub(300)..]);
        assert!(json.contains(part), "{}: {part} not in …{shown}", &script[..script.len().min(200)]);
    }
    let reserve = page.function::<u32>("reserve");
    assert_eq!(reserve.call(&mut page.store, 1 << 21).unwrap(), 0, "so much input is refused");
    assert_eq!(page.dissect(b""), "[]");
}
