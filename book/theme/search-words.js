// Words for the search: Korean particles and syllables, English endings,
// and slips of the finger.

const HANGUL = /^[가-힣ㄱ-ㆎ]+$/;

/** Whether `text` is all Hangul. */
export const isHangul = (text) => HANGUL.test(text);

// What follows a noun.
const PARTICLES = ("에서부터 으로부터 에게서 이라는 이라고 이라면 에서는 에서도 에서의 으로는 으로도 으로서 으로써 까지는 까지도 부터는 "
  + "입니다 인가요 일까요 이란 라는 라고 에서 에게 한테 께서 으로 로서 로써 로는 로도 부터 까지 처럼 보다 마다 조차 마저 밖에 이나 이든 "
  + "이며 이고 인가 일까 하고 와의 과의 와는 과는 에는 에도 은 는 이 가 을 를 의 에 로 와 과 도 만 란").split(" ");
// What makes a verb of a noun.
const VERBS = ("하였습니다 했습니다 합니다 됩니다 시킵니다 하려면 되려면 하면서 하지만 했다면 되었을 하기 하는 하게 하면 하고 하지 하여 해서 했다 "
  + "한다 하다 할까 되는 되면 되고 되지 된다 되다 됐다 시키는 시키다 시켜 하려 할 한 해 된 될").split(" ");

const ENDINGS = [...PARTICLES, ...VERBS].sort((a, b) => b.length - a.length);

/** What `word` may be an inflected form of, without itself: the likeliest first. */
export function baseForms(word) {
  const found = [];
  let rest = word;
  for (let round = 0; round < 2; round += 1) {
    const ending = ENDINGS.find((one) => rest.endsWith(one) && rest.length - one.length >= 2);
    if (!ending) break;
    rest = rest.slice(0, -ending.length);
    found.push(rest);
  }
  // 기다리다: the stem of a verb is what its forms begin with.
  if (!found.length && isHangul(word) && word.length > 2 && word.endsWith("다")) found.push(word.slice(0, -1));
  return found;
}

// ---- English

const stems = new Map();

/** An English word without its ending; not a word always, but the same for all forms of one. */
export function stem(word) {
  let base = stems.get(word);
  if (base === undefined) {
    base = /^[a-z]{4,}$/.test(word) ? cut(word) : word;
    stems.set(word, base);
  }
  return base;
}

function cut(word) {
  let base = word;
  if (base.endsWith("sses")) base = base.slice(0, -2);
  else if (base.endsWith("ies") && base.length > 4) base = `${base.slice(0, -3)}y`;
  else if (/(x|ch|sh)es$/.test(base)) base = base.slice(0, -2);
  else if (/[^su]s$/.test(base)) base = base.slice(0, -1);
  // transmit, transmission
  if (/mission$/.test(base)) return `${base.slice(0, -7)}miss`;
  if (/[a-z]{4}mit(t(ed|ing|er))?$/.test(base)) return base.replace(/mit(t(ed|ing|er))?$/, "miss");
  const ending = /(?:ing|ed|er|ion|or)$/.exec(base)?.[0];
  if (ending) {
    const rest = base.slice(0, -ending.length);
    const enough = ending === "ing" || ending === "ed" ? rest.length >= 3 : rest.length >= 4;
    const fits = ending === "ion" || ending === "or" ? /[st]$/.test(rest) : true;
    if (enough && fits && /[aeiouy]/.test(rest)) {
      base = rest;
      if (/([bdgmnprt])\1$/.test(base)) base = base.slice(0, -1);
    }
  }
  if (base.length > 3 && base.endsWith("e")) base = base.slice(0, -1);
  if (base.length > 3 && base.endsWith("y")) base = `${base.slice(0, -1)}i`;
  return base;
}

// ---- syllables that are not yet written to their end

const FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FINAL = ["", ..."ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"];
const PAIRED = { ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ", ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ" };
// ㅗ is on its way to ㅘ, ㅙ or ㅚ; by place among the vowels.
const LONGER = { 8: [9, 10, 11], 13: [14, 15, 16], 18: [19] };
const BASE = 0xac00;

/**
 * What someone may be about to write whose last syllable is not finished:
 * 소ㅋ, 소케 → 소켓; 벞 → 버퍼. Each is `{ head, next }`: letters that stand
 * there, and whether a character may follow them.
 */
export function unfinished(text) {
  const head = text.slice(0, -1);
  const last = text[text.length - 1];
  const initial = FIRST.indexOf(last);
  const begins = (first) => (code) => code >= BASE + first * 588 && code < BASE + (first + 1) * 588;
  // One letter alone begins too much.
  if (initial >= 0) return head ? [{ head, next: begins(initial) }] : [];
  const code = last.charCodeAt(0) - BASE;
  if (code < 0 || code >= 11172) return [];
  const final = code % 28;
  const vowels = [(code - final) / 28 % 21];
  const first = Math.floor(code / 588);
  const syllable = (vowel, end) => BASE + first * 588 + vowel * 28 + end;
  if (final) {
    const signs = PAIRED[FINAL[final]] ?? FINAL[final];
    const kept = signs.length > 1 ? FINAL.indexOf(signs[0]) : 0;
    const moved = FIRST.indexOf(signs[signs.length - 1]);
    const whole = head + String.fromCharCode(syllable(vowels[0], kept));
    return moved < 0 ? [] : [{ head: whole, next: begins(moved) }, ...richer(head, first, vowels[0], final)];
  }
  vowels.push(...(LONGER[vowels[0]] ?? []));
  if (!head) return [];
  return [{ head, next: (next) => vowels.some((vowel) => next >= syllable(vowel, 0) && next < syllable(vowel, 28)) }];
}

// 갑 is on its way to 값.
function richer(head, first, vowel, final) {
  const more = Object.entries(PAIRED).filter(([, signs]) => signs[0] === FINAL[final]).map(([sign]) => FINAL.indexOf(sign));
  if (!more.length || !head) return [];
  return [{ head, next: (code) => more.some((end) => code === BASE + first * 588 + vowel * 28 + end) }];
}

// ---- slips

/**
 * The word of `words` (a map to `{ text, worth }`) that differs from `word`, or
 * from one of its base forms, in one letter; the likeliest of them.
 */
export function fixed(words, word, bases) {
  let best;
  let bestWorth = 0;
  for (const asked of [...new Set([word, ...bases])]) {
    const hangul = isHangul(asked);
    if (asked.length < (hangul ? 2 : 4)) continue;
    const letters = hangul ? asked.normalize("NFD") : asked;
    for (const [other, known] of words) {
      if (known.worth <= bestWorth || Math.abs(other.length - asked.length) > 1) continue;
      // A Hangul syllable never comes out as Latin letters.
      known.letters ??= isHangul(other) ? other.normalize("NFD") : other;
      if (oneApart(letters, known.letters)) { best = known.text; bestWorth = known.worth; }
    }
  }
  return best;
}

/** Whether one letter added, left out, changed or swapped with the next makes `b` of `a`. */
export function oneApart(a, b) {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const rest = (x, from) => x.slice(from);
  if (a.length < b.length) return rest(a, at) === rest(b, at + 1);
  if (a.length > b.length) return rest(a, at + 1) === rest(b, at);
  return rest(a, at + 1) === rest(b, at + 1)
    || (a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2));
}
