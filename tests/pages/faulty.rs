//! Pages with faults: what looks for faults has to find these.

use std::collections::BTreeMap;

use browser::Server;
use browser::survey::survey;

use crate::chromium;

/// A page with a fault of every kind that can be broken.
const FAULTY: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>t</title>
<link rel=icon href=data:,></head><body><main><h1>h</h1><img src=http://elsewhere.example/a.png>
<p style='width:5000px;color:#aaa;background:#bbb'>wide and pale</p>
<script>console.error('said so'); setTimeout(() => { throw new Error('thrown') })</script>
<script>new Worker(URL.createObjectURL(new Blob(['console.error(\"from a worker\")'])))</script>
<script>for (let i = 0; i < 14; i++) fetch('data.txt?' + i)</script></main></body></html>";

const SOUND: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><title>t</title>
<link rel=icon href=data:,></head><body><main><h1>h</h1><p>t</p></main></body></html>";

#[test]
fn faults_of_a_page_are_found() {
    let Some(chromium) = chromium() else { return };
    let server = Server::start(BTreeMap::from([
        ("faulty.html".to_string(), FAULTY.as_bytes().to_vec()),
        ("sound.html".to_string(), SOUND.as_bytes().to_vec()),
        ("data.txt".to_string(), noise(20_000)),
    ]));
    for one in survey(&chromium, &server, &["faulty.html".to_string()]) {
        let found = one.breaches().join("\n");
        for fault in [
            "axe: image-alt",
            "axe: color-contrast",
            "error: said so",
            "error: Error: thrown",
            "error: from a worker",
            "another host: http://elsewhere.example/a.png",
            "bytes for a first view",
            "requests for a first view",
            "px wider than the window",
        ] {
            assert!(found.contains(fault), "{fault} is not in:\n{found}");
        }
        // Fourteen files that cannot be compressed, and the page.
        assert!((280_000..320_000).contains(&one.weight), "{}", one.weight);
        assert_eq!(one.requests, 16);
    }
    for one in survey(&chromium, &server, &["sound.html".to_string()]) {
        assert_eq!(one.breaches(), Vec::<String>::new());
        assert_eq!(one.requests, 1);
    }
}

#[test]
fn a_server_that_ended_is_gone_and_a_sub_path_is_all_there_is() {
    let Some(chromium) = chromium() else { return };
    let files = BTreeMap::from([("a/index.html".to_string(), SOUND.as_bytes().to_vec())]);
    let server = Server::start_below("/books/", files);
    let tab = chromium.open(&server.url("a"), browser::Look::default());
    assert_eq!(tab.address(), server.url("a/"));
    let status = |path: &str| tab.js(&format!("fetch('{path}').then(r => r.status, () => 0)"));
    assert_eq!(status("/books/a/?x"), 200);
    assert_eq!(status("/a/"), 404);
    tab.offline(true);
    assert_eq!(status("/books/a/?y"), 0);
    tab.offline(false);
    server.stop();
    assert_eq!(status("/books/a/?z"), 0);
}

/// Bytes that do not get smaller when they are compressed.
fn noise(n: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 56) as u8
    };
    (0..n).map(|_| next(&mut state)).collect()
}
