// The dialog of the search: loads the index once, answers while one types.

import { prepare, search } from "./search-core.js";
import { asked, leave, show } from "./search-mark.js";

const dialog = document.getElementById("search");
const input = dialog.querySelector("input");
const status = dialog.querySelector("[role=status]");
const list = dialog.querySelector("ol");
const words = JSON.parse(dialog.dataset.words);
const file = new URL(dialog.dataset.index, document.baseURI);

let index = null;
let loading = false;
let answered = null;

async function load() {
  if (index || loading) return;
  loading = true;
  say(words.loading);
  try {
    const response = await fetch(file);
    if (!response.ok) throw new Error(String(response.status));
    index = prepare(await response.json());
    answer();
  } catch {
    say(words.failed);
  }
  loading = false;
}

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function fill(text, values) {
  return Object.entries(values).reduce((out, [name, value]) => out.replace(`{${name}}`, () => value), text);
}

// Only shows: what is in the field is never touched, whatever an input method
// is about to write there.
function answer() {
  if (!index) { load(); return; }
  const typed = input.value.trim();
  if (typed === answered) return;
  answered = typed;
  const begun = performance.now();
  const { places, total, instead, some } = search(index, typed);
  dialog.dataset.ms = (performance.now() - begun).toFixed(2);
  list.replaceChildren(...places.map(entry));
  list.scrollTop = 0;
  if (!typed) say("");
  else if (!places.length) say(fill(words.none, { typed }));
  else if (instead) say(fill(words.instead, { typed, instead }));
  else if (some) say(words.some);
  else if (total === 1) say(words.one);
  else if (total > places.length) say(fill(words.first, { n: total, shown: places.length }));
  else say(fill(words.many, { n: total }));
}

function entry(place) {
  const link = document.createElement("a");
  link.href = new URL(place.url, file);
  link.dataset.testid = "search-result";
  const where = document.createElement("span");
  where.className = "search-where";
  const kind = words[`kind.${place.kind}`];
  where.textContent = kind ?? (place.kind === "h1" ? "" : place.page);
  const title = document.createElement("b");
  title.append(...marked(place.title || place.page, place.marks));
  const text = document.createElement("span");
  text.className = place.code ? "search-text code-text" : "search-text";
  const { excerpt } = place;
  text.append(excerpt.before ? "… " : "", ...marked(excerpt.text, excerpt.marks), excerpt.after ? " …" : "");
  link.append(title, " ", where, " ", text);
  link.addEventListener("click", (event) => {
    leave(link, place.words, answered);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const here = link.pathname === location.pathname;
    dialog.close();
    if (here) setTimeout(() => show(link.hash, place.words));
  });
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function marked(text, marks) {
  const parts = [];
  let at = 0;
  for (const [from, to] of marks) {
    if (from < at) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    parts.push(text.slice(at, from), mark);
    at = to;
  }
  parts.push(text.slice(at));
  return parts;
}

// A key that belongs to an input method is not ours: Enter there ends a
// syllable, and arrows choose among candidates. 229 is how Safari says it.
const composes = (event) => event.isComposing || event.keyCode === 229;
let composing = false;

input.addEventListener("input", answer);
input.addEventListener("compositionstart", () => { composing = true; });
input.addEventListener("compositionend", () => { composing = false; answer(); });
dialog.addEventListener("cancel", (event) => { if (composing) event.preventDefault(); });
dialog.addEventListener("close", () => { composing = false; });

dialog.addEventListener("keydown", (event) => {
  if (composes(event)) return;
  if (event.key === "Escape") {
    // A search field would only be emptied by it.
    event.preventDefault();
    dialog.close();
    return;
  }
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const inField = document.activeElement === input;
  let to;
  if (event.key === "ArrowDown" && (inField || at >= 0)) to = links[at + 1];
  else if (event.key === "ArrowUp" && at >= 0) to = links[at - 1] ?? input;
  else if (event.key === "Home" && at >= 0) [to] = links;
  else if (event.key === "End" && at >= 0) to = links.at(-1);
  else if (event.key === "Enter" && inField) {
    event.preventDefault();
    answer();
    list.querySelector("a")?.click();
    return;
  } else if (at >= 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    // Who types on wants to ask on.
    input.focus();
    return;
  } else return;
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.scrollIntoView({ block: "nearest" });
});

// A click beside the dialog closes it.
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

// After a result one may want the next: what was asked on the page before is
// there, selected, unless something was typed already.
if (!input.value && !composing) {
  input.value = asked();
  input.select();
}
load();
answer();
