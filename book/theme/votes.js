// Votes: kept, and after the second one what has changed.

import { changed, has, keyOf, record, value, words } from "./progress.js";

const all = [...document.querySelectorAll(".vote")];
const verdictOf = (card) => card.querySelector(".verdict");
const wordOf = (card, bet) => card.querySelector(`input[value="${bet}"]`)?.parentElement.textContent.trim() ?? bet;
const of = (card, round) => value(`vote:${card.dataset.claim}:${round}`);

export async function chosen(card, input) {
  record([[keyOf(card), input.value]]);
  const say = await words();
  if (card.dataset.round === "before") said(card, say("vote.kept", { bet: wordOf(card, input.value) }));
  await show();
}

// The verdict of a second vote waits until the reader means it.
export async function moved(card) {
  said(card, (await words())("enter"));
}

function said(card, ...content) {
  const place = card.querySelector(".said");
  if (place.textContent !== content.map((part) => part.textContent ?? part).join("")) place.replaceChildren(...content);
}

function line(tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

export async function show() {
  const say = await words();
  for (const card of all) {
    const bet = value(keyOf(card));
    // What the reader is about to choose stays.
    if (bet !== null) {
      const input = card.querySelector(`input[value="${CSS.escape(bet)}"]`);
      if (input) input.checked = true;
    } else if (!card.contains(document.activeElement)) {
      card.querySelectorAll("input").forEach((input) => { input.checked = false; });
      said(card);
    }
    if (card.dataset.round === "before") offer(card, say);
    else if (bet !== null) change(card, bet, say);
  }
  document.querySelectorAll(".votes-again").forEach((group) => score(group, say));
}

// After the vote and the experiment the verdict is offered.
function offer(card, say) {
  const run = card.dataset.shown.split(" ").some((name) => name && has(`experiment:${name}`));
  const summary = card.querySelector("summary");
  summary.dataset.folded ??= summary.textContent;
  summary.textContent = has(keyOf(card)) && run ? say("vote.offer") : summary.dataset.folded;
}

function change(card, after, say) {
  const before = of(card, "before");
  const verdict = verdictOf(card);
  const is = verdict.dataset.verdict;
  const [was, now] = [before === is, after === is];
  const sentence = before === null ? (now ? "right" : "still") : now ? (was ? "knew" : "learned") : was ? "lost" : "still";
  const parts = [line("p", say(`vote.${sentence}`, { verdict: verdict.textContent }), now ? "yes" : "no")];
  if (before !== null) {
    parts.unshift(line("p", say("vote.change", { before: wordOf(card, before), after: wordOf(card, after) }), "change"));
  }
  said(card, ...parts);
  card.dataset.now = now ? "right" : "wrong";
}

function score(group, say) {
  const cards = [...group.querySelectorAll(".vote")];
  const right = (round) => cards.filter((card) => of(card, round) === verdictOf(card).dataset.verdict).length;
  const voted = (round) => cards.filter((card) => of(card, round) !== null).length;
  const [n, first] = [voted("after"), voted("before")];
  const place = group.querySelector(".votes-score");
  const values = { n, all: cards.length, voted: first, before: right("before"), after: right("after") };
  const id = n < cards.length ? "vote.left" : first ? "vote.score" : "vote.score-once";
  const text = n ? say(id, values) : "";
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle("whole", n === cards.length);
}

changed(show);
