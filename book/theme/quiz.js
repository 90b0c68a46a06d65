// Questions: an option says at once whether it is right, and why.

import { changed, entries, keyOf, record, value, words } from "./progress.js";

const all = [...document.querySelectorAll(".quiz")];
const inputs = (card) => [...card.querySelectorAll(".options input")];

export async function chosen(card, input) {
  record([[keyOf(card), { option: input.value, right: input.dataset.correct === "true" }]]);
  answer(card);
}

export async function moved(card, input) {
  clear(card);
  input.checked = true;
  card.querySelector(".said").textContent = (await words())("enter");
}

// The answer that is kept; none if that option is not there any more, or
// another one is right now.
function kept(card) {
  const answer = value(keyOf(card));
  const input = inputs(card).find((one) => one.value === answer?.option);
  return input && (input.dataset.correct === "true") === answer.right ? input : null;
}

function clear(card) {
  card.querySelectorAll(".options label").forEach((label) => { delete label.dataset.is; });
  card.querySelector(".said").replaceChildren();
  delete card.dataset.shown;
}

function answer(card) {
  const input = kept(card);
  const shown = input?.value ?? "";
  if ((card.dataset.shown ?? "") === shown) return;
  clear(card);
  inputs(card).forEach((one) => { one.checked = one === input; });
  if (!input) return;
  card.dataset.shown = shown;
  const right = input.dataset.correct === "true";
  input.closest("label").dataset.is = right ? "right" : "wrong";
  // The words stand in the page already, folded.
  const why = card.querySelectorAll(".why > li")[inputs(card).indexOf(input)].cloneNode(true);
  const word = why.querySelector(".option b");
  why.querySelector(".option").remove();
  const first = why.querySelector("p") ?? why;
  first.prepend(word, " ");
  const place = card.querySelector(".said");
  place.replaceChildren(...why.childNodes);
  place.dataset.is = right ? "right" : "wrong";
}

// ---- mixed reviews

// How the reader stands with a question, wherever it was asked last: wrong
// answers first, then none, then right ones.
function rank(card) {
  const [home] = keyOf(card).split("@");
  let last;
  for (const [key, entry] of entries()) {
    if ((key === home || key.startsWith(`${home}@`)) && entry[0] && (!last || entry[1] > last[1])) last = entry;
  }
  return last ? (last[0].right ? 2 : 0) : 1;
}

function order(mixed) {
  const cards = [...mixed.querySelectorAll(".quiz")].map((card, at) => ({ card, at, rank: rank(card) }));
  cards.sort((a, b) => a.rank - b.rank || a.at - b.at);
  const more = mixed.querySelector(".more");
  const show = Number(mixed.dataset.show);
  cards.forEach(({ card }, at) => {
    if (more && at >= show) more.append(card);
    else if (more) more.before(card);
    else mixed.append(card);
  });
}

async function round(mixed) {
  const say = await words();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "round";
  button.textContent = say("mixed.again");
  button.hidden = true;
  button.addEventListener("click", () => {
    order(mixed);
    // How it went is kept, which option it was is not.
    const answered = [...mixed.querySelectorAll(".quiz")].filter((card) => kept(card));
    record(answered.map((card) => [keyOf(card), { option: null, right: value(keyOf(card)).right }]));
    mixed.querySelector(".quiz input").focus();
  });
  mixed.append(button);
  const draw = () => { button.hidden = ![...mixed.querySelectorAll(".quiz")].some((card) => kept(card)); };
  changed(draw);
  draw();
}

export function show() {
  all.forEach((card) => { if (!card.querySelector(":focus") || card.dataset.shown) answer(card); });
}

for (const mixed of document.querySelectorAll(".mixed")) {
  order(mixed);
  round(mixed);
}
show();
changed(show);
