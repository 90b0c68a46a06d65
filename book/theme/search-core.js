// Search: an index and a query give places. Nothing here knows of a page, so
// that tests and measurements run just what readers run.
//
// Text is compared without anything that is written in more than one way:
// spaces, hyphens, underscores, brackets and capitals. Where a word began is
// kept beside it, so that "half-close", "half close" and HALF_CLOSE are one
// thing, while "in to" is not found in "into".

import { baseForms, fixed, isHangul, stem, unfinished } from "./search-words.js";

const GAP = 1; // a space or sign stood before this character
const EDGE = 2; // a word begins here without one: TcpListener, TCP는
const FAR = 4; // a sentence or a line ended before it
const TITLE = 0;
const TEXT = 1;
const CODE = 2;
const PARTS = 3;
const HEADING = /^h[1-6]$/;

// How much a hit in a title counts, by kind; a hit in text never counts 25.
const TITLES = { h1: 70, h2: 50, h3: 48, h4: 46, h5: 46, h6: 46, lab: 28, experiment: 30, term: 26, claim: 14 };
const TEXTS = { claim: 0.6, term: 0.9, lab: 0.7, experiment: 0.7 };

// An index is sent by columns, and words and letters as one character each,
// to be light on its way: `src/site/search/pack.rs`.
function unpack({ alphabet, places: { page, id, kind, ...texts }, ...rest }) {
  const read = (text) => text.replace(/[\u0080-\u07ff]/g, (sign) => alphabet[sign.charCodeAt(0) - 0x80]);
  const [title, text, code] = [texts.title, texts.text, texts.code].map((column) => column.map(read));
  return { ...rest, places: page.map((on, n) => [on, id[n], kind[n], title[n], text[n], code[n]]) };
}

/** What `search` needs, made once from the file of an edition. */
export function prepare(sent) {
  const file = unpack(sent);
  const fields = file.places.flatMap((place) => [place[3], place[4], place[5]].map((text) => text.normalize("NFC")));
  const length = fields.reduce((sum, text) => sum + text.length + 1, 0);
  const letters = new Uint16Array(length);
  const flags = new Uint8Array(length);
  const origin = new Uint32Array(length);
  const starts = new Uint32Array(fields.length + 1);
  let end = 0;
  fields.forEach((text, field) => {
    starts[field] = end;
    end = flatten(text, letters, flags, origin, end);
    letters[end] = 10;
    flags[end] = GAP;
    end += 1;
  });
  starts[fields.length] = end;
  const index = {
    file, fields, flags, origin, starts, hay: decode(letters.subarray(0, end)),
    terms: new Map(), wrong: [], words: null,
  };
  file.terms.forEach((forms, term) => {
    forms.forEach((form, n) => {
      const flat = plain(form);
      if (flat.length < 2) return;
      for (const key of new Set([flat, stem(flat)])) {
        if (!index.terms.has(key)) index.terms.set(key, new Set());
        index.terms.get(key).add(term);
      }
      // A wrong spelling inside a longer word: 논블록킹소켓.
      if (n > 1 && isHangul(flat) && isHangul(plain(forms[0]))) index.wrong.push([flat, plain(forms[0])]);
    });
  });
  index.wrong.sort((a, b) => b[0].length - a[0].length);
  return index;
}

/**
 * The places for `query`, best first: `{ places, instead, some }`.
 *
 * A place is `{ number, url, page, title, kind, score, marks, excerpt, words }`;
 * `excerpt` is `{ text, marks }`, and marks are pairs of offsets.
 * `instead` is the query that was answered when the one that was typed has no
 * answer; `some` says that no place has all of its words.
 */
export function search(index, query, most = 40) {
  const asked = tokens(query);
  if (!asked.length) return { places: [], total: 0 };
  let found = answer(index, asked);
  let instead;
  if (found.missing.length) {
    const mended = mend(index, asked, found.missing);
    if (mended) {
      found = answer(index, mended);
      instead = mended.map((token) => token.text).join(" ");
    }
  }
  const { ranked, some } = rank(index, found.units);
  const places = ranked.slice(0, most).map((one) => shown(index, one, found.units));
  return { places, total: ranked.length, instead: places.length ? instead : undefined, some: some && places.length > 0 };
}

// ---- text without its dress

const others = new Map();
function kindOf(code) {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) ? 1 : 0;
  if ((code >= 0xac00 && code <= 0xd7a3) || (code >= 0x3131 && code <= 0x318e)) return 2;
  if (code < 0xaa || (code >= 0x2000 && code <= 0x2bff)) return 0;
  let kind = others.get(code);
  if (kind === undefined) {
    kind = /[\p{L}\p{N}]/u.test(String.fromCharCode(code)) ? 3 : 0;
    others.set(code, kind);
  }
  return kind;
}

function flatten(text, letters, flags, origin, end) {
  let before = 0; // kind of the character before
  let small = false; // whether it was a small letter
  let far = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = kindOf(code);
    if (kind) {
      const capital = code >= 65 && code <= 90;
      letters[end] = capital ? code + 32 : kind === 3 ? text[at].toLowerCase().charCodeAt(0) : code;
      flags[end] = before === 0 ? (far ? GAP | FAR : GAP) : kind !== before || (capital && small) ? EDGE : 0;
      origin[end] = at;
      end += 1;
      small = !capital && kind === 1;
      far = false;
    } else if (code === 10 || (code === 32 && ".,;:!?".includes(text[at - 1]))) far = true;
    before = kind;
  }
  return end;
}

function decode(letters) {
  let text = "";
  for (let at = 0; at < letters.length; at += 8192) text += String.fromCharCode(...letters.subarray(at, at + 8192));
  return text;
}

/** `text` as it is compared. */
export function plain(text) {
  const normal = text.normalize("NFC");
  const letters = new Uint16Array(normal.length);
  return decode(letters.subarray(0, flatten(normal, letters, new Uint8Array(normal.length), letters.slice(), 0)));
}

// ---- what was asked

// Words of a question that say nothing of what is asked about.
const IDLE = new Set(("a an and are as at be by can do does for from how i if in into is it of on or should so that the "
  + "their then there this to vs was what when where which who why will with 왜 뭐 뭔가요 뭐예요 무엇 무엇이 무엇을 무엇인가 무엇인가요 "
  + "무엇일까 무엇인지 어떻게 언제 어디 어디서 어디에 어느 누가 및 그리고 또는 때 것 수 하나요 되나요 있나요 있을까 할까요").split(" "));

function tokens(query) {
  const all = query.normalize("NFC").split(/\s+/).map((text) => ({ text, flat: plain(text) })).filter((token) => token.flat);
  const busy = all.filter((token) => !IDLE.has(token.flat));
  return busy.length ? busy : all;
}

// A unit is what a place has to have: one word, or several that the glossary
// knows as one. Its needles are the ways to write it.
function units(index, asked) {
  const found = [];
  for (let from = 0; from < asked.length;) {
    let to = Math.min(asked.length, from + 4);
    let needles = null;
    for (; to > from + 1; to -= 1) {
      needles = known(index, asked.slice(from, to).map((token) => token.flat).join(""));
      if (needles) break;
    }
    needles ??= variants(index, asked[from].flat);
    found.push({ needles, tokens: asked.slice(from, to), hits: new Map(), level: "" });
    from = to;
  }
  return found;
}

// The needles for a term of the glossary, or null.
function known(index, flat) {
  const forms = [flat, ...baseForms(flat)];
  if (!forms.some((form) => termsOf(index, form))) return null;
  return variants(index, flat);
}

function termsOf(index, flat) {
  return index.terms.get(flat) ?? (isHangul(flat) ? undefined : index.terms.get(stem(flat)));
}

function variants(index, flat) {
  const needles = new Map();
  const add = (text, weight) => { if (text.length && !(needles.get(text) >= weight)) needles.set(text, weight); };
  add(flat, 1);
  const bases = termsOf(index, flat) ? [] : baseForms(flat);
  bases.forEach((base, n) => add(base, 0.95 - 0.05 * n));
  for (const form of [flat, ...bases]) {
    for (const term of termsOf(index, form) ?? []) {
      index.file.terms[term].forEach((other, n) => add(plain(other), n ? 0.8 : 0.92));
    }
    for (const [wrong, right] of index.wrong) {
      if (form !== wrong && form.includes(wrong)) add(form.replace(wrong, right), 0.85);
    }
  }
  return needles;
}

// ---- where it stands

// Looks for each unit: as it is; as the beginning of a word; inside a word.
function answer(index, asked) {
  const all = units(index, asked);
  const missing = [];
  for (const unit of all) {
    for (const level of ["whole", "begun", "inside"]) {
      for (const [needle, weight] of unit.needles) look(index, unit, needle, weight, level);
      unit.level = level;
      if (unit.hits.size) break;
    }
    if (!unit.hits.size) missing.push(unit);
  }
  return { units: all, missing };
}

function look(index, unit, needle, weight, level) {
  const { hay } = index;
  const latin = !isHangul(needle[needle.length - 1]);
  if (level === "inside") {
    if (!latin || needle.length < 3) return;
    each(hay, needle, (at) => add(index, unit, at, needle.length, weight * 0.3));
    return;
  }
  if (!latin && level === "begun") {
    for (const { head, next } of unfinished(needle)) {
      each(hay, head, (at) => {
        const code = hay.charCodeAt(at + head.length);
        if (next(code) && begins(index, at, head.length + 1)) add(index, unit, at, head.length + 1, weight * 0.6);
      });
    }
    return;
  }
  if (!latin) {
    each(hay, needle, (at) => {
      if (begins(index, at, needle.length)) add(index, unit, at, needle.length, weight * (index.flags[at] ? 1 : 0.8));
    });
    return;
  }
  const probe = shared(needle);
  each(hay, probe, (at) => {
    if (!index.flags[at]) return;
    const hit = ending(index, at, needle, probe);
    if (!hit || (level === "whole" && hit.rank < 0.6)) return;
    add(index, unit, at, hit.length, weight * hit.rank);
  });
}

function each(hay, needle, use) {
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) use(at);
}

// Korean is found inside a word, too (리스닝소켓), but not across the space
// between two words unless a word begins there.
function begins(index, at, length) {
  if (length < 2) return index.flags[at] > 0;
  let crosses = false;
  for (let i = at + 1; i < at + length; i += 1) {
    if (index.flags[i] & FAR) return false;
    crosses ||= (index.flags[i] & GAP) > 0;
  }
  return !crosses || (index.flags[at] > 0 && length > 2);
}

// What all inflected forms of a word begin with.
function shared(needle) {
  if (needle.length < 4) return needle;
  const base = stem(needle);
  let length = 0;
  while (length < base.length && base[length] === needle[length]) length += 1;
  if (needle[length - 1] === "i") length -= 1;
  return length < 3 ? needle : needle.slice(0, length);
}

// How the word that a Latin needle ends in goes on in the text.
function ending(index, at, needle, probe) {
  const { hay, flags } = index;
  let from = at + probe.length - 1;
  while (from > at && !flags[from]) from -= 1;
  let to = at + probe.length;
  while (!flags[to]) to += 1;
  const there = hay.slice(from, to);
  const asked = needle.slice(from - at);
  if (there === asked) return { rank: 1, length: to - at };
  if (asked.length > 3 && stem(there) === stem(asked)) return { rank: 0.9, length: to - at };
  // The rest of the needle may stand behind a space: timewait, TIME-WAIT.
  if (hay.startsWith(needle, at)) {
    let end = at + needle.length;
    let edge = false;
    let gap = false;
    for (let i = at + 1; i < end; i += 1) {
      if (flags[i] & FAR) return null;
      gap ||= (flags[i] & GAP) > 0;
    }
    let begin = end - 1;
    while (begin > at && !flags[begin]) begin -= 1;
    while (!flags[end]) { end += 1; edge = true; }
    if (!edge) return { rank: 1, length: end - at };
    const tail = needle.slice(begin - at);
    if (tail.length > 3 && stem(hay.slice(begin, end)) === stem(tail)) return { rank: 0.9, length: end - at };
    if (!gap) return { rank: 0.5, length: needle.length };
  }
  return null;
}

function add(index, unit, at, length, weight) {
  const field = fieldOf(index, at);
  const place = Math.floor(field / PARTS);
  let hits = unit.hits.get(place);
  if (!hits) unit.hits.set(place, hits = []);
  // Two ways to write a word may meet in one hit.
  const same = hits.find((hit) => hit.at < at + length && at < hit.at + hit.length);
  if (!same) hits.push({ at, length, weight, part: field % PARTS });
  else if (weight > same.weight) Object.assign(same, { at, length, weight });
}

function fieldOf(index, at) {
  let low = 0;
  let high = index.fields.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (index.starts[middle] <= at) low = middle; else high = middle;
  }
  return low;
}

// ---- which is best

function rank(index, all) {
  const found = all.filter((unit) => unit.hits.size);
  if (!found.length) return { ranked: [], some: false };
  const places = new Map();
  for (const unit of found) for (const place of unit.hits.keys()) places.set(place, (places.get(place) ?? 0) + 1);
  const most = Math.max(...places.values());
  const some = most < all.length;
  // Half of the words is chance.
  if (some && most * 2 <= all.length) return { ranked: [], some };
  // Particles may stand between Korean words.
  const korean = found.some((unit) => unit.tokens.some((token) => isHangul(token.flat)));
  const slack = korean ? 3 : 0;
  let ranked = [];
  for (const [place, count] of places) {
    if (count < most) continue;
    const here = found.filter((unit) => unit.hits.has(place));
    const near = here.length > 1 ? nearness(here.map((unit) => unit.hits.get(place)), slack) : 3;
    const sum = here.reduce((total, unit) => total + worth(index, place, unit.hits.get(place)), 0);
    ranked.push({ place, near, score: (sum / here.length) * [0.6, 1.1, 1.3, 1.5][near] });
  }
  const best = Math.max(...ranked.map((one) => one.near));
  // Words that stand together somewhere are not meant where they are far apart.
  ranked = ranked.filter((one) => one.near >= Math.min(best, korean ? Math.max(1, best - 1) : best > 1 ? best : 1));
  ranked.sort((a, b) => b.score - a.score || a.place - b.place);
  return { ranked, some };
}

function worth(index, place, hits) {
  const kind = index.file.places[place][2];
  const best = [0, 0, 0];
  const count = [0, 0, 0];
  let cover = 0;
  for (const hit of hits) {
    best[hit.part] = Math.max(best[hit.part], hit.weight);
    count[hit.part] += 1;
    if (hit.part === TITLE) cover = Math.max(cover, hit.length);
  }
  const title = index.starts[place * PARTS + 1] - index.starts[place * PARTS] - 1;
  let score = 0;
  if (count[TITLE]) score += (TITLES[kind] ?? 20) * best[TITLE] * (0.6 + (0.4 * cover) / title);
  // The whole title: there is no better place, unless it lists what is elsewhere.
  if (cover === title && HEADING.test(kind)) score += 30;
  if (kind === "term" && hits.some((hit) => isWhole(index, place, hit))) score += 20;
  if (count[TEXT]) score += Math.min(24, 12 * best[TEXT] + 4 * Math.log2(count[TEXT])) * (TEXTS[kind] ?? 1);
  if (count[CODE]) score += Math.min(8, 4 * best[CODE] + Math.log2(count[CODE]));
  return score;
}

// Whether a hit is the word of a term, or that of the other language.
function isWhole(index, place, { part, at, length }) {
  if (part !== TITLE) return false;
  const text = index.fields[place * PARTS];
  const before = text.slice(0, index.origin[at]);
  const after = text.slice(index.origin[at + length - 1] + 1);
  return (before === "" || before.endsWith(" (")) && (after === "" || after === ")" || after.startsWith(" ("));
}

// 3: side by side and in order somewhere; 2: side by side; 1: in one breath; 0: just both there.
function nearness(hits, slack) {
  let best = 0;
  for (let part = 0; part < PARTS; part += 1) {
    const events = [];
    hits.forEach((list, unit) => list.forEach((hit) => { if (hit.part === part) events.push({ ...hit, unit }); }));
    events.sort((a, b) => a.at - b.at);
    const last = new Array(hits.length).fill(null);
    for (const event of events) {
      last[event.unit] = event;
      if (last.includes(null)) continue;
      const span = event.at + event.length - Math.min(...last.map((hit) => hit.at));
      const bare = last.reduce((sum, hit) => sum + hit.length, 0);
      if (span <= bare + slack * (hits.length - 1)) {
        if (last.every((hit, unit) => !unit || hit.at > last[unit - 1].at)) return 3;
        best = 2;
      } else if (span <= bare + 30) best = Math.max(best, 1);
    }
  }
  return best;
}

// ---- how it is shown

function shown(index, { place, score }, all) {
  const [page, id, kind, title] = index.file.places[place];
  const [path, name] = index.file.pages[page];
  const hits = all.flatMap((unit, n) => (unit.hits.get(place) ?? []).map((hit) => ({ ...hit, unit: n })));
  const inPart = (part) => hits.filter((hit) => hit.part === part).map((hit) => {
    const from = index.origin[hit.at];
    return { from, to: index.origin[hit.at + hit.length - 1] + 1, unit: hit.unit };
  }).sort((a, b) => a.from - b.from);
  const fieldAt = (part) => index.fields[place * PARTS + part];
  const part = inPart(TEXT).length || !inPart(CODE).length ? TEXT : CODE;
  const words = new Set([TITLE, TEXT, CODE].flatMap((one) => inPart(one).map(({ from, to }) => fieldAt(one).slice(from, to))));
  return {
    number: place, url: id ? `${path}#${id}` : path, page: name, title, kind, score, marks: pairs(inPart(TITLE)),
    excerpt: excerpt(fieldAt(part), inPart(part), part === CODE), words: [...words].slice(0, 12), code: part === CODE,
  };
}

const pairs = (marks) => marks.map(({ from, to }) => [from, to]);

const WIDTH = 150;

// The stretch with the most of what was asked, begun at a sentence if one begins near.
function excerpt(text, marks, code) {
  let best = 0;
  let bestCount = -1;
  marks.forEach((mark, n) => {
    const units = new Set();
    let inside = 0;
    for (let at = n; at < marks.length && marks[at].to <= mark.from + WIDTH * 0.7; at += 1) {
      units.add(marks[at].unit);
      inside += 1;
    }
    const count = units.size * 100 + inside;
    if (count > bestCount) { best = mark.from; bestCount = count; }
  });
  let from = Math.max(0, best - WIDTH * 0.3);
  const ends = code ? /\n/g : /[.?!:]\s+|\n/g;
  let begin = 0;
  for (const end of text.slice(0, best).matchAll(ends)) begin = end.index + end[0].length;
  if (best - begin <= WIDTH * 0.6) from = begin;
  else from = Math.max(0, text.lastIndexOf(" ", from) + 1);
  let to = Math.min(text.length, from + WIDTH);
  if (to < text.length) {
    const space = text.lastIndexOf(" ", to);
    if (space > best) to = Math.max(space, marks.find((mark) => mark.from < space && mark.to > space)?.to ?? 0);
  }
  const inside = marks.filter((mark) => mark.from >= from && mark.to <= to);
  return {
    text: text.slice(from, to).replaceAll("\n", " "),
    marks: inside.map((mark) => [mark.from - from, mark.to - from]),
    before: from > 0, after: to < text.length,
  };
}

// ---- what may have been meant

// The tokens with each word that is nowhere replaced by the one nearest to it.
function mend(index, asked, missing) {
  index.words ??= vocabulary(index);
  const lost = new Set(missing.flatMap((unit) => unit.tokens));
  const mended = [];
  for (const token of asked) {
    const near = lost.has(token) ? fixed(index.words, token.flat, baseForms(token.flat)) : token.text;
    if (!near) return null;
    mended.push({ text: near, flat: plain(near) });
  }
  return mended;
}

// Every word of the edition with how much it is worth as a guess.
function vocabulary(index) {
  const { hay, flags } = index;
  const words = new Map();
  const add = (word, text, worth) => {
    if (word.length < 2) return;
    const known = words.get(word);
    if (known) known.worth += worth;
    else words.set(word, { text, worth });
  };
  for (let from = 0; from < hay.length;) {
    let to = from + 1;
    while (to < hay.length && !flags[to]) to += 1;
    if (hay[from] !== "\n") {
      const word = hay.slice(from, to);
      add(word, word, 1);
      // Words are guessed without their particles.
      if (isHangul(word)) for (const base of baseForms(word)) add(base, base, 2);
    }
    from = to;
  }
  for (const forms of index.file.terms) for (const form of forms) add(plain(form), form, form === forms[0] ? 1000 : 500);
  return words;
}
