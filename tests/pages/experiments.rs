//! Experiments, as a reader plays with them.

use browser::{Look, Tab};

use crate::book;

const CHAPTER: &str = "tcp/connection.html";

/// An experiment of the chapter by its script.
fn section(script: &str) -> String {
    format!("[data-testid=experiment][data-script='{script}']")
}

/// Presses Run in an experiment and waits until it has run.
#[track_caller]
fn run(tab: &Tab, within: &str) {
    let before = format!("document.querySelector(\"{within}\")");
    tab.see(&format!("{within} [data-testid=run]"));
    tab.js(&format!("delete {before}.dataset.ms"));
    tab.click(&format!("{within} [data-testid=run]"));
    tab.until(&format!("{before}.dataset.ms && {before}.ariaBusy === 'false'"));
}

/// What an experiment shows of its script at the step it is at.
#[track_caller]
fn transcript(tab: &Tab, within: &str) -> String {
    tab.read(&format!("{within} .x-page [data-testid=transcript]"))
}

/// Which step the reader is at, of how many.
#[track_caller]
fn step(tab: &Tab, within: &str) -> (u32, u32) {
    let count = tab.read(&format!("{within} .x-count"));
    let (at, rest) = count.split_once('/').expect("a step of steps");
    let number = |text: &str| text.split(' ').next().and_then(|text| text.trim().parse().ok()).expect("a number");
    (number(at), number(rest))
}

#[test]
fn an_experiment_runs_and_is_stepped_through() {
    let Some(book) = book() else { return };
    for edition in ["en", "ko"] {
        let tab = book.open(&format!("{edition}/{CHAPTER}"), Look::default());
        let x = section("handshake");
        // Each thing that comes into the page is looked at, however soon it goes.
        tab.js(&format!(
            "(x => new MutationObserver(() => {{ if (x.querySelector('.x-stale')?.checkVisibility()) x.dataset.flash = 'stale' }})\
             .observe(x, {{ childList: true, subtree: true }}))(document.querySelector(\"{x}\"))"
        ));
        run(&tab, &x);
        assert!(!tab.is(&format!("document.querySelector(\"{x}\").dataset.flash")), "stale before its first run");
        let whole = transcript(&tab, &x);
        assert!(whole.contains("-> 0"), "{whole}");
        let (at, all) = step(&tab, &x);
        assert!(at == all && all > 5, "a run is shown to its end: {at} of {all}");

        tab.click(&format!("{x} [data-testid=back]"));
        assert_eq!(step(&tab, &x), (all - 1, all));
        // From the keyboard, in the figure.
        tab.js(&format!("document.querySelector(\"{x} [data-testid=packets]\").focus()"));
        tab.press(&["Home"]);
        assert_eq!(step(&tab, &x), (1, all));
        assert_ne!(transcript(&tab, &x), whole, "what comes later is not shown yet");
        assert!(tab.is(&format!("document.querySelector(\"{x} [data-testid=back]\").disabled")));
        for at in 2..=all {
            tab.click(&format!("{x} [data-testid=step]"));
            assert_eq!(step(&tab, &x), (at, all));
        }
        assert_eq!(transcript(&tab, &x), whole);
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn a_packet_is_opened_into_fields_and_bytes() {
    let Some(book) = book() else { return };
    let tab = book.open(&format!("en/{CHAPTER}"), Look { dark: true, ..Look::default() });
    let x = section("handshake");
    run(&tab, &x);
    tab.click(&format!("{x} [data-testid=packets] [data-packet] text"));
    tab.see(&format!("{x} [data-testid=packet-detail]"));
    let fields = tab.read(&format!("{x} [role=listbox]"));
    for name in ["Source Port", "Sequence Number", "SYN"] {
        assert!(fields.contains(name), "{name} is not in {fields}");
    }
    // The first field has the focus; each one down lights bytes of its own.
    assert_eq!(tab.js("document.activeElement.role"), "option");
    let lit = format!("[...document.querySelectorAll(\"{x} .x-byte.lit\")].map(e => e.textContent).join(' ')");
    let first = tab.text(&lit);
    assert!(!first.is_empty());
    tab.press(&["End"]);
    assert_ne!(tab.text(&lit), first);
    assert_eq!(tab.axe(), Vec::<String>::new());
    assert_eq!(tab.errors(), Vec::<String>::new());
}

#[test]
fn a_bet_comes_before_the_results() {
    let Some(book) = book() else { return };
    for edition in ["en", "ko"] {
        let tab = book.open(&format!("{edition}/{CHAPTER}"), Look::default());
        let x = section("half-close");
        tab.see(&format!("{x} .x-bet"));
        let bets = tab.js(&format!("document.querySelectorAll(\"{x} .x-bet\").length")).as_u64().unwrap();
        assert!(bets > 0);
        // Without bets: asked for, and nothing is given away.
        tab.click(&format!("{x} [data-testid=run]"));
        tab.until(&format!("document.querySelector(\"{x} .x-status\").textContent.includes('{bets}')"));
        assert!(!tab.is(&format!("document.querySelector(\"{x} .x-shown\")?.checkVisibility()")));
        assert!(!tab.is(&format!("document.querySelector(\"{x} .x-tabs\").checkVisibility()")));
        // All but one wrong; Enter leads to the next box, and at the end it runs.
        tab.js(&format!("document.querySelector(\"{x} .x-bet\").focus()"));
        for _ in 0..bets {
            tab.insert("EISCONN");
            tab.press(&["Enter"]);
        }
        tab.see(&format!("{x} .x-score"));
        let score = tab.read(&format!("{x} .x-score"));
        assert!(score.contains('0') && score.contains(&bets.to_string()), "{score}");
        assert!(transcript(&tab, &x).contains("->"));
        tab.see(&format!("{x} .x-tabs"));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn a_bet_on_bytes_may_be_written_in_any_way() {
    let Some(book) = book() else { return };
    let tab = book.open("en/tcp/byte-stream.html", Look::default());
    let x = section("split-length");
    tab.see(&format!("{x} .x-bet"));
    tab.js(&format!("document.querySelector(\"{x} .x-bet\").focus()"));
    // The script has "\\0\\0", "\\0\\x05he", and "llo" with its number; the last bet has another byte.
    for bet in ["hex(00 00)", "4 hex(00056865)", "hex(6c 6c 70)"] {
        tab.insert(bet);
        tab.press(&["Enter"]);
    }
    tab.see(&format!("{x} .x-score"));
    let good =
        format!("[...document.querySelectorAll(\"{x} .x-mark\")].map((mark) => mark.classList.contains('good'))");
    assert_eq!(tab.js(&good), serde_json::json!([true, true, false]));
    assert_eq!(tab.errors(), Vec::<String>::new());
}

#[test]
fn what_a_reader_writes_fails_and_then_solves() {
    let Some(book) = book() else { return };
    let tab = book.open(&format!("en/{CHAPTER}"), Look::default());
    let x = section("reuseaddr");
    let area = format!("{x} .x-page textarea");
    tab.see(&area);
    assert!(tab.is(&format!("document.querySelector(\"{x} .x-tabs\").hidden")), "the solution waits");
    run(&tab, &x);
    tab.see(&format!("{x} .x-word.bad"));
    // The solution of the page, typed in.
    let solution = tab.text(&format!("document.querySelector(\"{x} .x-solution code\").textContent"));
    tab.fill(&area, &solution);
    run(&tab, &x);
    tab.see(&format!("{x} .x-word.good"));
    tab.see(&format!("{x} .x-tabs"));
    // It is there tomorrow, too.
    tab.reload();
    tab.see(&area);
    assert_eq!(tab.text(&format!("document.querySelector(\"{area}\").value")).trim(), solution.trim());
    assert_eq!(tab.errors(), Vec::<String>::new());
}

#[test]
fn linux_and_rust_are_a_tab_away() {
    let Some(book) = book() else { return };
    for edition in ["en", "ko"] {
        let tab = book.open(&format!("{edition}/{CHAPTER}"), Look::default());
        let x = section("handshake");
        tab.click(&format!("{x} [role=tab]"));
        tab.press(&["ArrowRight"]);
        tab.see(&format!("{x} [data-testid=linux]"));
        let linux = tab.read(&format!("{x} [data-testid=linux]"));
        assert!(linux.contains("Linux") && linux.contains("connect("), "{linux}");
        tab.press(&["ArrowRight"]);
        tab.see(&format!("{x} .x-rust .x-program"));
        assert!(tab.read(&format!("{x} .x-rust .x-program")).contains("fn main"));
        tab.press(&["ArrowRight"]);
        tab.see(&format!("{x} [data-testid=run]"));
    }
}

#[test]
fn a_capture_is_saved_and_is_one() {
    let Some(book) = book() else { return };
    let tab = book.open(&format!("ko/{CHAPTER}"), Look::default());
    let x = section("handshake");
    run(&tab, &x);
    tab.click(&format!("{x} [data-testid=pcap]"));
    let pcap = tab.download("handshake.pcap");
    let magic = u32::from_le_bytes(pcap[..4].try_into().unwrap());
    assert!(matches!(magic, 0xa1b2_c3d4 | 0xa1b2_3c4d), "{magic:x}");
    assert!(pcap.len() > 24 + 3 * 56, "three packets at least: {}", pcap.len());
}

#[test]
fn a_slider_writes_into_the_script_and_a_link_carries_it() {
    let Some(book) = book() else { return };
    let tab = book.open(&format!("en/{CHAPTER}"), Look::default());
    let x = section("handshake");
    run(&tab, &x);
    let area = format!("document.querySelector(\"{x} textarea\").value");
    let before = tab.text(&area);
    tab.js(&format!("document.querySelector(\"{x} .x-sliders input\").focus()"));
    tab.js(&format!("delete document.querySelector(\"{x}\").dataset.ms"));
    tab.press(&["End"]);
    tab.until(&format!("{area}.includes('delay 1s')"));
    tab.until(&format!("document.querySelector(\"{x}\").dataset.ms"));
    assert_ne!(tab.text(&area), before);
    tab.until(&format!("document.querySelector(\"{x} .x-count\").textContent.match(/· [0-9]{{4,}} ms/)"));

    tab.click(&format!("{x} .x-tools button:nth-of-type(2)"));
    tab.until(&format!("document.querySelector(\"{x} .x-shared\").textContent"));
    let link = tab.text("navigator.clipboard.readText()");
    assert!(link.contains("/en/bench.html#s="), "{link}");
    let friend = book.chromium.open(&link, Look::default());
    let play = "[data-testid=playground]";
    friend.until(&format!("document.querySelector('{play}').dataset.ms"));
    assert_eq!(friend.text(&format!("document.querySelector('{play} textarea').value")), tab.text(&area));
    assert_eq!(friend.errors(), Vec::<String>::new());
}

#[test]
fn bad_scripts_leave_the_page_alive() {
    let Some(book) = book() else { return };
    let tab = book.open("en/bench.html", Look::default());
    let play = "[data-testid=playground]";
    let head = "host a 10.0.0.1\nhost b 10.0.0.2\nlink a b delay 10ms\n\na:\n  u = socket(AF_INET, SOCK_DGRAM)\n";
    let many = format!("{head}{}", "  sendto(u, \"x\", b:9)\n".repeat(5000));
    let endless = format!("{head}  recv(u, 9)\n");
    let forever = format!("{head}  repeat 1000000000\n    sendto(u, \"x\", b:9)\n  end\n");
    for (script, what) in
        [(many, "5,000 lines"), (endless, "waits for ever"), (forever, "repeats"), ("\u{0}☃ ->".repeat(999), "noise")]
    {
        tab.see(&format!("{play} textarea"));
        tab.js(&format!(
            "(area => {{ area.value = {}; area.dispatchEvent(new Event('input')) }})(document.querySelector('{play} textarea'))",
            serde_json::json!(script)
        ));
        tab.js(&format!("delete document.querySelector('{play}').dataset.ms"));
        tab.click(&format!("{play} [data-testid=run]"));
        // The page answers while the network works.
        assert_eq!(tab.js("1 + 1"), 2, "{what}");
        tab.until(&format!("document.querySelector('{play}').dataset.ms"));
        let said = tab.read(play);
        assert!(!said.is_empty(), "{what}");
        tab.until(&format!("!document.querySelector('{play} [data-testid=run]').disabled"));
    }
    // What is sound still runs.
    tab.fill(&format!("{play} textarea"), &format!("{head}  sendto(u, \"x\", b:9) -> 1\n"));
    run(&tab, play);
    tab.see(&format!("{play} .x-word.good"));
    assert_eq!(tab.errors(), Vec::<String>::new());
}

#[test]
fn a_link_that_is_none_changes_nothing() {
    let Some(book) = book() else { return };
    for hash in ["#s=", "#s=%%%", "#s=AAAA", "#s=_____w"] {
        let tab = book.open(&format!("en/bench.html{hash}"), Look::default());
        tab.see("[data-testid=playground] textarea");
        assert!(
            tab.text("document.querySelector('[data-testid=playground] textarea').value").contains("host a 10.0.0.1")
        );
        assert_eq!(tab.errors(), Vec::<String>::new(), "{hash}");
    }
}
