//! Claims: a vote before the answer, and the list of all.

use super::Cards;
use crate::book::claims::{Claim, Evidence, Status, Verdict};
use crate::site::markdown::{block, escape, inline};
use crate::text;

/// The answers one can bet on.
const BETS: [Verdict; 3] = [Verdict::Right, Verdict::Partly, Verdict::Wrong];

fn key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "right",
        Verdict::Partly => "partly",
        Verdict::Wrong => "wrong",
        Verdict::Open => "open",
    }
}

fn status_key(status: Status) -> &'static str {
    match status {
        Status::Planned => "planned",
        Status::Sourced => "sourced",
        Status::Shown => "shown",
    }
}

fn verdict_name(cards: &Cards<'_>, verdict: Verdict) -> String {
    cards.say(match verdict {
        Verdict::Right => "site.verdict.right",
        Verdict::Partly => "site.verdict.partly",
        Verdict::Wrong => "site.verdict.wrong",
        Verdict::Open => "site.verdict.open",
    })
}

/// The vote on one claim before the experiments, with the verdict folded
/// below it.
pub(super) fn vote(cards: &Cards<'_>, claim: &Claim) -> String {
    cards.voted.borrow_mut().push(claim.id.clone());
    ballot(cards, claim, "before")
}

/// The votes of the page so far, to be cast again. Collected, not written by
/// an author, so that none is forgotten; `None` if there was no vote.
pub(super) fn votes_again(cards: &Cards<'_>) -> Option<String> {
    let voted = cards.voted.borrow();
    let claims: Vec<_> = voted.iter().filter_map(|id| cards.project.claims.get(id)).collect();
    if claims.is_empty() {
        return None;
    }
    let ballots: String = claims.iter().map(|claim| ballot(cards, claim, "after")).collect();
    Some(format!(
        "<div class=\"votes-again\" data-testid=\"votes-again\">{ballots}\
         <p class=\"votes-score\" data-testid=\"votes-score\" role=\"status\"></p></div>"
    ))
}

/// A vote in one of the two rounds: `before` the experiments, or `after`.
fn ballot(cards: &Cards<'_>, claim: &Claim, round: &str) -> String {
    let name = if round == "before" { "vote" } else { "again" };
    let id = cards.id(&format!("{name}-{}", claim.id));
    let experiments = claim.shown_by.iter().filter_map(|one| match one {
        Evidence::Experiment(name) => Some(escape(name)),
        Evidence::Listing(_) | Evidence::Lab(_) => None,
    });
    let mut out = String::new();
    put!(
        out,
        "<div class=\"card vote\" id=\"{id}\" data-testid=\"vote\" data-claim=\"{claim_id}\" data-round=\"{round}\" \
         data-shown=\"{shown}\"><p class=\"card-kind\"><a href=\"{list}\">{kind} {claim_id}</a></p>\
         <form autocomplete=\"off\"><fieldset><legend>{says}</legend><div class=\"bets\">",
        shown = experiments.collect::<Vec<_>>().join(" "),
        claim_id = escape(&claim.id),
        list = cards.href(&format!("claims#c{}", claim.id)),
        kind = cards.say("site.vote.claim"),
        says = inline(claim.claim.get(cards.lang)),
    );
    for bet in BETS {
        put!(
            out,
            "<label><input type=\"radio\" name=\"{id}\" value=\"{}\"> <span>{}</span></label>",
            key(bet),
            verdict_name(cards, bet)
        );
    }
    put!(
        out,
        "</div></fieldset></form><div class=\"said\" role=\"status\"></div><details class=\"answer\"><summary>{}</summary>{}</details></div>",
        cards.say(if round == "before" { "site.vote.answer" } else { "site.vote.answer-again" }),
        answer(cards, claim)
    );
    out
}

/// Verdict, truth, sources and evidence.
fn answer(cards: &Cards<'_>, claim: &Claim) -> String {
    let mut out = format!(
        "<p><strong class=\"verdict\" data-verdict=\"{}\">{}</strong></p>{}",
        key(claim.verdict),
        verdict_name(cards, claim.verdict),
        block(claim.truth.get(cards.lang))
    );
    if !claim.source.is_empty() {
        let sources: Vec<String> = claim.source.iter().map(|source| inline(source)).collect();
        put!(
            out,
            "<p class=\"fine\"><span class=\"label\">{}</span> {}</p>",
            cards.say("site.vote.sources"),
            sources.join(" · ")
        );
    }
    let evidence: Vec<String> = claim.shown_by.iter().map(|one| shown_by(cards, one)).collect();
    if !evidence.is_empty() {
        put!(
            out,
            "<p class=\"fine\"><span class=\"label\">{}</span> {}</p>",
            cards.say("site.vote.shown-by"),
            evidence.join(" · ")
        );
    }
    out
}

fn shown_by(cards: &Cards<'_>, evidence: &Evidence) -> String {
    let (target, kind, name) = match evidence {
        Evidence::Listing(name) => (cards.outline.listing(name).map(str::to_string), "site.evidence.listing", name),
        Evidence::Lab(name) => {
            let id = name.split('/').next().unwrap_or(name);
            (cards.project.lab(id).map(|lab| format!("labs#{}", lab.id)), "site.evidence.lab", name)
        }
        Evidence::Experiment(name) => {
            let known = cards.project.bench.experiments.contains_key(name) && cards.outline.has_page("bench");
            (known.then(|| format!("bench#{name}")), "site.evidence.experiment", name)
        }
    };
    let words = format!("{} <code>{}</code>", cards.say(kind), escape(name));
    match target {
        Some(target) => format!("<a href=\"{}\">{words}</a>", cards.href(&target)),
        None => words,
    }
}

/// The topics, in the order in which claims have them.
fn topics(claims: &[Claim]) -> Vec<&str> {
    let mut topics = Vec::new();
    for claim in claims {
        if !topics.contains(&claim.topic.as_str()) {
            topics.push(claim.topic.as_str());
        }
    }
    topics
}

/// The filter by topic in CSS: the topics are data, so their rules are, too.
fn topic_rules(claims: &[Claim]) -> String {
    let rule = |topic: &str| {
        let topic = escape(topic);
        format!(".claims:has(option[value=\"{topic}\"]:checked) .claim:not([data-topic=\"{topic}\"]){{display:none}}")
    };
    topics(claims).into_iter().map(rule).collect()
}

/// Every claim, with a filter that needs no script.
pub(super) fn all(cards: &Cards<'_>) -> String {
    let claims = &cards.project.claims.claim;
    let count = |verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
    let mut out = String::from("<div class=\"claims\">");
    put!(
        out,
        "<form class=\"filter\"><fieldset><legend>{}</legend><label><input type=\"radio\" name=\"verdict\" \
         value=\"all\" checked> <span>{} <b>{}</b></span></label>",
        cards.say("site.claims.show"),
        cards.say("site.claims.all"),
        claims.len()
    );
    for verdict in [Verdict::Right, Verdict::Partly, Verdict::Wrong, Verdict::Open] {
        put!(
            out,
            "<label><input type=\"radio\" name=\"verdict\" value=\"{}\"> <span>{} <b>{}</b></span></label>",
            key(verdict),
            verdict_name(cards, verdict),
            count(verdict)
        );
    }
    out.push_str("</fieldset>");
    put!(
        out,
        "<label class=\"topic\">{} <select name=\"topic\"><option value=\"all\" selected>{}</option>",
        cards.say("site.claims.topic"),
        cards.say("site.claims.all-topics")
    );
    for topic in topics(claims) {
        let n = claims.iter().filter(|claim| claim.topic == topic).count();
        // A topic without a name in both languages goes by its own.
        let id = format!("site.topic.{topic}");
        let name = text::all(&id).find(|(found, _)| *found == id).map_or(topic, |(_, name)| name.get(cards.lang));
        put!(out, "<option value=\"{}\">{} ({n})</option>", escape(topic), escape(name));
    }
    out.push_str("</select></label><p class=\"claims-count\" data-testid=\"claims-count\" role=\"status\"></p></form>");
    put!(out, "<style>{}</style>", topic_rules(claims));
    for claim in claims {
        out.push_str(&entry(cards, claim));
    }
    out.push_str("</div>");
    out
}

fn entry(cards: &Cards<'_>, claim: &Claim) -> String {
    let (page, _) = claim.chapter.split_once('#').unwrap_or((&claim.chapter, ""));
    let chapter = match claim.status {
        Status::Planned => String::new(),
        _ if cards.outline.has_page(page) => format!(" · {}", cards.link(&claim.chapter)),
        _ => String::new(),
    };
    let status = cards.say(match claim.status {
        Status::Planned => "site.claims.planned",
        Status::Sourced => "site.claims.sourced",
        Status::Shown => "site.claims.shown",
    });
    format!(
        "<section class=\"claim\" id=\"c{id}\" data-testid=\"claim\" data-verdict=\"{verdict}\" data-topic=\"{topic}\" data-status=\"{status_key}\">\
         <p class=\"card-kind\"><a href=\"#c{id}\">{id}</a> · {status}{chapter}</p>\
         <p class=\"says\">{says}</p>{answer}</section>",
        id = escape(&claim.id),
        verdict = key(claim.verdict),
        topic = escape(&claim.topic),
        status_key = status_key(claim.status),
        says = inline(claim.claim.get(cards.lang)),
        answer = answer(cards, claim),
    )
}
