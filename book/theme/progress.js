// What the reader has read, run and answered: kept in this browser only, under
// one key, and shown in the contents. Nothing is sent anywhere.
//
// Kept is a map of entries, each a value and the time it was set. Two maps are
// joined entry by entry, the later time wins: so two tabs lose nothing of each
// other, in whatever order they write, and a file can be taken in at any time.

const KEY = "sockets-progress";
const BOOK = "sockets-by-experiment";
const VERSION = 1;
const ENTRY = /^(?:section|vote|question|experiment|bet|lab):\S{1,200}$/;

const root = document.documentElement;
const lang = root.lang === "ko" ? "ko" : "en";

const state = { entries: new Map(), reset: 0, kept: true };
const listeners = new Set();

// ---- reading and writing

const storage = {
  get(key) { try { return localStorage.getItem(key); } catch { state.kept = false; return null; } },
  set(key, text) { try { localStorage.setItem(key, text); return true; } catch { state.kept = false; return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* there is nothing to forget */ } },
  keys() { try { return Object.keys(localStorage); } catch { return []; } },
};

const time = (at) => Number.isSafeInteger(at) && at >= 0;
const sound = (key, entry) => ENTRY.test(key) && Array.isArray(entry) && entry.length === 2 && time(entry[1])
  && JSON.stringify(entry[0]).length <= 200;

// Takes a text apart. `problem` says why it is none of ours, `left` how many
// entries of it make no sense.
export function parse(text) {
  let data;
  try { data = JSON.parse(text); } catch { return { problem: "broken" }; }
  if (data?.book !== BOOK || !Number.isInteger(data.version)) return { problem: "foreign" };
  if (data.version > VERSION) return { problem: "newer" };
  if (typeof data.entries !== "object" || data.entries === null) return { problem: "broken" };
  const all = Object.entries(data.entries);
  const entries = new Map(all.filter(([key, entry]) => sound(key, entry)));
  return { entries, reset: time(data.reset) ? data.reset : 0, left: all.length - entries.size };
}

export function text(space) {
  const entries = Object.fromEntries([...state.entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ book: BOOK, version: VERSION, reset: state.reset, entries }, null, space);
}

// Data that cannot be used go to a key of their own before anything is written.
function setAside(raw, problem) {
  const taken = new Set(asides());
  let n = 1;
  while (taken.has(`${KEY}-aside-${n}`)) n += 1;
  const safe = storage.set(`${KEY}-aside-${n}`, JSON.stringify({ problem, at: Date.now(), text: raw }));
  view().then((module) => module.notice(problem));
  return safe;
}

export const asides = () => storage.keys().filter((key) => key.startsWith(`${KEY}-aside-`)).sort();

// What is stored now; what of it is unusable is set aside.
function stored() {
  const raw = storage.get(KEY);
  if (raw === null) return { entries: new Map(), reset: 0 };
  const data = parse(raw);
  // Where no copy can be made, the original stays.
  if ((data.problem || data.left) && !setAside(raw, data.problem ?? "broken")) state.locked = true;
  return data.problem ? { entries: new Map(), reset: 0, foreign: true } : data;
}

const later = (one, other) => !other || one[1] > other[1]
  || (one[1] === other[1] && JSON.stringify(one[0]) > JSON.stringify(other[0]));

// Joins `other` into what is here; true if `other` lacks something of it.
function join(other) {
  state.reset = Math.max(state.reset, other.reset);
  for (const [key, entry] of other.entries) if (later(entry, state.entries.get(key))) state.entries.set(key, entry);
  for (const [key, entry] of state.entries) if (entry[1] <= state.reset) state.entries.delete(key);
  if (other.foreign || other.left || other.reset !== state.reset || other.entries.size !== state.entries.size) return true;
  return [...state.entries].some(([key, entry]) => later(entry, other.entries.get(key)));
}

function sync() {
  const there = stored();
  const { foreign } = there;
  const news = join(there);
  if (news && !state.locked && (state.entries.size || state.reset || foreign)) {
    if (storage.set(KEY, text())) state.kept = true;
  }
  for (const listener of listeners) listener();
}

addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) {
    // All data of the site were cleared: that holds here, too.
    if (event.newValue === null) Object.assign(state, { entries: new Map(), reset: 0 });
    sync();
  }
});
addEventListener("pageshow", (event) => { if (event.persisted) sync(); });

// ---- for the parts of a page

export const value = (key) => state.entries.get(key)?.[0] ?? null;
export const has = (key) => value(key) !== null;
export const entries = () => state.entries;
export const kept = () => state.kept;
export const changed = (listener) => listeners.add(listener);

export function record(pairs) {
  let news = false;
  for (const [key, value] of pairs) {
    const before = state.entries.get(key);
    const entry = [value ?? null, Math.max(Date.now(), (before?.[1] ?? 0) + 1, state.reset + 1)];
    if (!sound(key, entry) || (before && JSON.stringify(before[0]) === JSON.stringify(entry[0]))) continue;
    state.entries.set(key, entry);
    news = true;
  }
  if (news) sync();
}

// Takes in what a file or a copy has; entries older than the last reset, too.
export function adopt(data) {
  const fresh = [...data.entries].map(([key, [value, at]]) => [key, [value, Math.max(at, state.reset + 1)]]);
  const before = state.entries.size;
  join({ entries: new Map(fresh), reset: 0 });
  sync();
  return state.entries.size - before;
}

const COPY = `${KEY}-before-reset`;
export const copied = () => storage.get(COPY) !== null;

// Forgets everything, but for one copy. False where no copy can be kept.
export function reset() {
  if (state.kept && !storage.set(COPY, text())) return false;
  const last = Math.max(Date.now(), ...[...state.entries.values()].map(([, at]) => at));
  Object.assign(state, { entries: new Map(), reset: last });
  sync();
  return true;
}

export function restore() {
  const copy = parse(storage.get(COPY) ?? "");
  if (copy.problem) return false;
  adopt(copy);
  storage.drop(COPY);
  return true;
}

export const aside = (key) => { try { return JSON.parse(storage.get(key)); } catch { return null; } };
export const discard = (key) => storage.drop(key);

function once(make) {
  let made;
  return () => (made ??= make().catch((error) => { made = undefined; throw error; }));
}

// The words of all this, in the language of the page.
export const words = once(async () => {
  const response = await fetch(new URL(lang === "ko" ? "./progress.ko.json" : "./progress.en.json", import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const texts = await response.json();
  return (id, values = {}) => (texts[id] ?? id).replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
});

const view = once(() => import("./progress-view.js"));

// ---- what is done on this page

document.addEventListener("sockets:done", ({ detail }) => {
  if (detail?.kind && detail.id) record([[`${detail.kind}:${detail.id}`, detail.value ?? true]]);
});

// A section is read when it stood still before the reader for a moment.
const page = document.getElementById("main")?.dataset.page;
const headings = [...document.querySelectorAll("article > h2[id]")];
if (page && headings.length) {
  let resting;
  const look = () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (document.hidden) return;
      const tops = headings.map((heading) => heading.getBoundingClientRect().top);
      const seen = headings.filter((_, at) => tops[at] < innerHeight * 0.8 && (tops[at + 1] ?? Infinity) > innerHeight * 0.2);
      record(seen.map((heading) => [`section:${page}#${heading.id}`, true]));
    }, 1000);
  };
  addEventListener("scroll", look, { passive: true });
  document.addEventListener("visibilitychange", look);
  look();
}

// ---- votes and questions; their parts are loaded when there is something to do

const CARDS = [[".vote", once(() => import("./votes.js"))], [".quiz", once(() => import("./quiz.js"))]];
const moduleOf = (card) => CARDS.find(([kind]) => card.matches(kind))[1]();
const cardOf = (target) => target.closest?.(".vote, .quiz");

export const keyOf = ({ dataset }) => (dataset.claim
  ? `vote:${dataset.claim}:${dataset.round}`
  : `question:${dataset.question}${dataset.place ? `@${dataset.place}` : ""}`);

// An arrow key moves to an option and does not mean it: Enter or Space does.
let moving = false;
document.addEventListener("keydown", (event) => {
  moving = event.key.startsWith("Arrow");
  const card = cardOf(event.target);
  if (!card || event.target.type !== "radio" || (event.key !== "Enter" && event.key !== " ")) return;
  if (event.key === "Enter") event.preventDefault();
  if (event.key === "Enter" && !event.target.checked) event.target.checked = true;
  if (event.target.checked) moduleOf(card).then((module) => module.chosen(card, event.target));
}, true);
document.addEventListener("pointerdown", () => { moving = false; }, true);
document.addEventListener("change", (event) => {
  const card = cardOf(event.target);
  if (!card || event.target.type !== "radio") return;
  const gives = card.dataset.round !== "before";
  const [target, asks] = [event.target, moving && gives];
  moduleOf(card).then((module) => (asks ? module.moved : module.chosen)(card, target));
});
document.addEventListener("focusin", ({ target }) => { if (cardOf(target)) moduleOf(cardOf(target)); });
document.addEventListener("submit", (event) => { if (event.target.querySelector(".vote, .quiz") || cardOf(event.target)) event.preventDefault(); });

const loaded = new Set();
function cards() {
  for (const [kind, load] of CARDS) {
    if (loaded.has(kind)) continue;
    const here = [...document.querySelectorAll(kind)];
    const mixed = kind === ".quiz" && document.querySelector(".mixed");
    if (mixed || here.some((card) => has(keyOf(card)))) {
      loaded.add(kind);
      load().then((module) => module.show());
    }
  }
}

// ---- the contents

const contents = document.getElementById("contents");
const PARTS = {
  s: (id, page) => [`section:${page}#${id}`],
  v: (id) => [`vote:${id}:before`, `vote:${id}:after`],
  // `x` is of this page, `tcp/flow#x@` of another and asked here.
  q: (id, page) => [`question:${id.includes("#") ? id.replace(/@$/, `@${page}`) : `${page}#${id}`}`],
  e: (id) => [`experiment:${id}`],
};

// The entries of a page, by kind.
function partsOf(list, page) {
  const kinds = list.split("|").map((part) => part.split(":"));
  return Object.fromEntries(kinds.map(([kind, ...ids]) => [kind,
    ids.join(":").split(" ").filter(Boolean).flatMap((id) => PARTS[kind](id, page))]));
}

// What there is to do on which page, for who has something to count.
let counted;
export const pages = once(async () => {
  const response = await fetch(contents.dataset.parts);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const lists = await response.json();
  const links = [...contents.querySelectorAll("a[data-page]")];
  counted = links.map((link) => ({ link, parts: partsOf(lists[link.dataset.page], link.dataset.page) }));
  return counted;
});

const button = contents?.querySelector(".progress-open");
function draw() {
  if (!counted) {
    // Without a network nothing is counted, and the next entry asks again.
    if (button && state.entries.size) pages().then(draw, () => {});
    return;
  }
  let [done, all] = [0, 0];
  for (const { link, parts } of counted) {
    const keys = Object.values(parts).flat();
    const n = keys.filter(has).length;
    [done, all] = [done + n, all + keys.length];
    ring(link, n, keys.length);
  }
  if (button) ring(button, done, all);
}

function ring(place, done, all) {
  let ring = place.querySelector(".ring");
  if (!ring && done) {
    ring = document.createElement("span");
    ring.className = "ring";
    ring.role = "img";
    place.append(ring);
  }
  if (!ring) return;
  ring.hidden = !done;
  ring.style.setProperty("--done", `${(100 * done) / all}%`);
  ring.classList.toggle("whole", done === all);
  ring.title = button.dataset.of.replace("{n}", done).replace("{all}", all);
  ring.setAttribute("aria-label", ring.title);
}

if (button) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => view().then((module) => module.open()));
}
// What was chosen before this script was there.
for (const input of document.querySelectorAll(":is(.vote, .quiz) input:checked")) {
  moduleOf(cardOf(input)).then((module) => module.chosen(cardOf(input), input));
}
listeners.add(draw);
listeners.add(cards);
sync();
