//! Votes and questions: answered with the mouse and with keys, kept, changed.

use browser::{Look, Tab};

use crate::book;

/// A ballot of the first or the second round.
fn ballot(round: &str, claim: &str) -> String {
    format!("[data-testid=vote][data-round={round}][data-claim='{claim}']")
}

/// What the page says below a card, once it says something.
#[track_caller]
fn said(tab: &Tab, card: &str) -> String {
    tab.until(&format!("document.querySelector(`{card} .said`).textContent"));
    tab.read(&format!("{card} .said"))
}

#[track_caller]
fn checked(tab: &Tab, card: &str) -> String {
    tab.text(&format!("document.querySelector(`{card} :checked`)?.value ?? ''"))
}

/// The `n`th option of a question, from 1.
fn option(card: &str, n: u64) -> String {
    format!("{card} .options label:nth-child({n})")
}

#[test]
fn a_vote_is_kept_changed_and_shown_again_in_both_editions() {
    let Some(book) = book() else { return };
    for (edition, other) in [("en", "ko"), ("ko", "en")] {
        let tab = book.open(&format!("{edition}/tcp/connection.html"), Look { languages: edition, ..Look::default() });
        let first = ballot("before", "1-16");
        tab.click(&format!("{first} input[value=right]"));
        said(&tab, &first);
        // Nothing gives the verdict away.
        assert!(tab.is(&format!("!document.querySelector(`{first} details`).open")));
        let verdict = tab.text(&format!("document.querySelector(`{first} .verdict`).dataset.verdict"));
        assert_eq!(verdict, "wrong");
        tab.click(&format!("{first} input[value=partly]"));
        tab.reload();
        assert_eq!(checked(&tab, &first), "partly");
        tab.turn(|tab| tab.click("[data-testid=language-switch]"));
        assert!(tab.address().contains(&format!("/{other}/")));
        assert_eq!(checked(&tab, &first), "partly");
        // The second vote shows both and the verdict; the reason stays folded.
        let again = ballot("after", "1-16");
        tab.click(&format!("{again} input[value=wrong]"));
        tab.until(&format!("document.querySelector(`{again} .change`)"));
        let change = tab.read(&format!("{again} .change"));
        let word =
            |value: &str| tab.text(&format!("document.querySelector(`{again} [value={value}] + span`).innerText"));
        assert!(change.contains(&word("partly")) && change.contains(&word("wrong")), "{change}");
        assert!(tab.is(&format!("document.querySelector(`{again}`).dataset.now === 'right'")));
        assert!(tab.is(&format!("!document.querySelector(`{again} details`).open")));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn the_score_of_a_chapter_is_told_when_all_votes_are_cast_again() {
    let Some(book) = book() else { return };
    let tab = book.open("en/udp/datagrams.html", Look::default());
    let claims = tab.js("[...document.querySelectorAll('[data-round=after]')].map(card => card.dataset.claim)");
    let claims: Vec<String> = claims.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_string()).collect();
    assert_eq!(claims.len(), 6);
    // One right vote before, one wrong one; then all right but one.
    let right = |claim: &str| {
        tab.text(&format!("document.querySelector(`{} .verdict`).dataset.verdict", ballot("after", claim)))
    };
    let wrong = |claim: &str| if right(claim) == "right" { "wrong" } else { "right" };
    tab.click(&format!("{} [value={}]", ballot("before", &claims[0]), right(&claims[0])));
    tab.click(&format!("{} [value={}]", ballot("before", &claims[1]), wrong(&claims[1])));
    let recorded = |claim: &String| format!("document.querySelector(`{} :checked`)", ballot("before", claim));
    for claim in &claims[..2] {
        tab.until(&recorded(claim));
    }
    for (at, claim) in claims.iter().enumerate() {
        let bet = if at == 0 { wrong(claim).to_string() } else { right(claim) };
        tab.click(&format!("{} [value={bet}]", ballot("after", claim)));
        tab.until(&format!("document.querySelector(`{}`).dataset.now", ballot("after", claim)));
        if at == 2 {
            tab.until("document.querySelector('[data-testid=votes-score]').textContent.includes('3 of 6')");
        }
    }
    tab.until("document.querySelector('.votes-score').classList.contains('whole')");
    assert_eq!(
        tab.read("[data-testid=votes-score]"),
        "Before the experiments, 1 of your 2 votes were right. Now it is 5 of 6."
    );
    assert!(tab.is("document.querySelector('.votes-score').role === 'status'"));
    assert!(said(&tab, &ballot("after", &claims[0])).contains("right the first time"));
    assert!(said(&tab, &ballot("after", &claims[1])).contains("changed your mind"));
}

#[test]
fn a_question_answers_at_once_and_every_reason_can_be_read() {
    let Some(book) = book() else { return };
    let card = "[data-testid=quiz][data-question='tcp/connection#sent-before-accept']";
    for edition in ["en", "ko"] {
        let tab = book.open(&format!("{edition}/tcp/connection.html"), Look::default());
        let options = tab.js(&format!("document.querySelectorAll(`{card} .options input`).length")).as_u64().unwrap();
        for n in 1..=options {
            let option = option(card, n);
            tab.click(&format!("{option} input"));
            let right = tab.is(&format!("document.querySelector(`{option} [data-correct=true]`)"));
            let is = if right { "right" } else { "wrong" };
            tab.until(&format!("document.querySelector(`{option}`).dataset.is === '{is}'"));
            // What is said is what stands folded with this option.
            let folded =
                format!("document.querySelector(`{card} .why > li:nth-child({n}) p:not(.option)`).textContent");
            let text = tab.text(&folded);
            tab.until(&format!(
                "document.querySelector(`{card} .said`).textContent.includes({})",
                serde_json::json!(text)
            ));
        }
        assert!(tab.is(&format!("document.querySelector(`{card} .said`).role === 'status'")));
        tab.click(&format!("{card} summary"));
        tab.see(&format!("{card} .why li:last-child"));
        tab.reload();
        assert!(tab.is(&format!("document.querySelector(`{} :checked`)", option(card, options))));
        tab.until(&format!("document.querySelector(`{card} label:has(:checked)`).dataset.is"));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}

#[test]
fn an_arrow_key_moves_and_enter_answers() {
    let Some(book) = book() else { return };
    let tab = book.open("en/tcp/connection.html", Look::default());
    let card = "[data-testid=quiz][data-question='tcp/connection#sent-before-accept']";
    tab.js(&format!("document.querySelector(`{card} input`).focus()"));
    tab.press(&["ArrowDown", "ArrowDown"]);
    assert!(said(&tab, card).contains("Enter"));
    assert!(tab.is(&format!("!document.querySelector(`{card} [data-is]`)")));
    tab.press(&["Enter"]);
    tab.until(&format!("document.querySelector(`{}`).dataset.is", option(card, 3)));
    tab.press(&["ArrowUp", "ArrowUp"]);
    tab.press(&["Space"]);
    tab.until(&format!("document.querySelector(`{}`).dataset.is", option(card, 1)));
    assert!(tab.is(&format!("!document.querySelector(`{}`).dataset.is", option(card, 3))));
    assert!(tab.address().ends_with("connection.html"), "a form was sent: {}", tab.address());
    // A second vote by keys does not tell before it is meant either.
    let again = ballot("after", "1-16");
    tab.js(&format!("document.querySelector(`{again} input`).focus()"));
    tab.press(&["ArrowRight"]);
    assert!(said(&tab, &again).contains("Enter"));
    assert!(tab.is(&format!("!document.querySelector(`{again}`).dataset.now")));
    tab.press(&["Enter"]);
    tab.until(&format!("document.querySelector(`{again}`).dataset.now"));
}

#[test]
fn a_mixed_review_begins_with_what_went_wrong() {
    let Some(book) = book() else { return };
    let tab = book.open("en/tcp/connection.html", Look::default());
    let (wrong, right) = ("tcp/connection#reset-hits", "tcp/connection#sent-before-accept");
    tab.click(&format!("[data-question='{wrong}'] [data-correct=false]"));
    tab.click(&format!("[data-question='{right}'] [data-correct=true]"));
    tab.until(&format!("document.querySelector(`[data-question='{right}'] [data-is=right]`)"));
    tab.goto(&book.server.url("en/tcp/review.html"));
    let order = "[...document.querySelectorAll('[data-testid=mixed] .quiz')].map(card => card.dataset.question)";
    tab.until(&format!("{order}[0] === '{wrong}'"));
    assert!(tab.is(&format!("{order}.at(-1) === '{right}'")));
    // What is about a listing on this page is asked next to it, and in no heap.
    let beside = "tcp/review#whole-ss-hanging";
    assert!(tab.is(&format!("!{order}.includes('{beside}')")));
    assert!(tab.is(&format!("document.querySelectorAll(`[data-question='{beside}']`).length === 1")));
    // It is asked anew here, and the chapter keeps its own answer.
    let card = format!("[data-question='{wrong}']");
    assert_eq!(checked(&tab, &card), "");
    tab.click(&format!("{card} [data-correct=true]"));
    tab.until(&format!("document.querySelector(`{card} [data-is=right]`)"));
    tab.click(".round");
    tab.until(&format!("{order}.indexOf('{wrong}') > 8"));
    assert_eq!(checked(&tab, &card), "");
    tab.goto(&book.server.url("ko/tcp/connection.html"));
    tab.until(&format!("document.querySelector(`{card} [data-is=wrong]`)"));
}

#[test]
fn the_verdict_is_offered_after_vote_and_experiment() {
    let Some(book) = book() else { return };
    let tab = book.open("en/tcp/connection.html", Look::default());
    let card = ballot("before", "1-16");
    let summary = format!("document.querySelector(`{card} summary`).textContent");
    let folded = tab.text(&summary);
    tab.click(&format!("{card} [value=right]"));
    said(&tab, &card);
    assert_eq!(tab.text(&summary), folded);
    let done = "{ detail: { kind: 'experiment', id: document.querySelector(`CARD`).dataset.shown.split(' ')[0], value: 'run' } }";
    tab.js(&format!("document.dispatchEvent(new CustomEvent('sockets:done', {}))", done.replace("CARD", &card)));
    tab.until(&format!("{summary} !== {}", serde_json::json!(folded)));
    assert!(tab.is(&format!("!document.querySelector(`{card} details`).open")));
}

#[test]
fn the_claims_are_chosen_by_an_address_and_a_called_one_is_shown() {
    let Some(book) = book() else { return };
    for (edition, words) in [("en", "shown"), ("ko", "보여")] {
        let tab = book.open(&format!("{edition}/claims.html"), Look::default());
        let shown = "[...document.querySelectorAll('.claim')].filter(claim => claim.checkVisibility())";
        let all = tab.js(&format!("{shown}.length")).as_u64().unwrap();
        assert!(all > 100, "{all}");
        tab.click(".filter [value=wrong]");
        tab.until("location.search === '?verdict=wrong'");
        tab.js("(select => { select.value = 'tcp'; select.dispatchEvent(new Event('change', { bubbles: true })) })(document.querySelector('.filter select'))");
        tab.until("location.search === '?verdict=wrong&topic=tcp'");
        assert!(tab.is(&format!(
            "{shown}.every(claim => claim.dataset.verdict === 'wrong' && claim.dataset.topic === 'tcp')"
        )));
        let some = tab.js(&format!("{shown}.length")).as_u64().unwrap();
        assert!(0 < some && some < 20, "{some}");
        let count = tab.read("[data-testid=claims-count]");
        assert!(count.contains(&some.to_string()) && count.contains(words), "{count}");
        // The same address, opened anew, with a claim that does not fit.
        let tab = book.open(&format!("{edition}/claims.html?verdict=wrong&topic=tcp#c0-9"), Look::default());
        tab.until("document.querySelector('.claim.called')?.id === 'c0-9'");
        assert_eq!(tab.js(&format!("{shown}.length")).as_u64().unwrap(), some + 1);
        tab.until("document.querySelector('#c0-9 .says').getBoundingClientRect().top < innerHeight / 1.5");
        let back = "getComputedStyle(document.querySelector('ID')).backgroundColor";
        assert_ne!(tab.text(&back.replace("ID", "#c0-9")), tab.text(&back.replace("ID", "#c0-8")));
        assert_eq!(tab.errors(), Vec::<String>::new());
    }
}
