// Shows on a page what a search found there, without changing the page: its
// other scripts and a screen reader find it as it was.

const KEY = "sockets-found";
const ASKED = "sockets-asked";
const NAME = "found";

/** Remembers for the page that `link` leads to what was asked and found there. */
export function leave(link, words, query) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ to: link.pathname, hash: link.hash, words }));
    sessionStorage.setItem(ASKED, query);
  } catch { /* not marked then */ }
}

/** What was asked last, on this page or the one before. */
export function asked() {
  try { return sessionStorage.getItem(ASKED) ?? ""; } catch { return ""; }
}

/** Marks on the page that was just opened what brought the reader here. */
export function arrive() {
  try {
    const { to, hash, words } = JSON.parse(sessionStorage.getItem(KEY));
    if (to !== location.pathname) return;
    sessionStorage.removeItem(KEY);
    if (hash === location.hash) show(hash, words);
  } catch { /* nothing was left for us */ }
}

/** Marks `words` in the section that `hash` names. */
export function show(hash, words) {
  if (!globalThis.CSS?.highlights || !words.length) return;
  const id = decodeURIComponent(hash.slice(1));
  const place = (id && document.getElementById(id)) || document.querySelector("article h1");
  if (!place) return;
  try { sessionStorage.removeItem(KEY); } catch { /* was not there either */ }
  const exact = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  const ranges = [];
  for (const text of texts(place)) {
    for (const hit of text.data.matchAll(exact)) {
      const range = new Range();
      range.setStart(text, hit.index);
      range.setEnd(text, hit.index + hit[0].length);
      ranges.push(range);
    }
  }
  CSS.highlights.set(NAME, new Highlight(...ranges));
}

// The texts of a section: from its heading to the next, or all inside of what
// is no heading.
function* texts(place) {
  const heading = /^H[1-6]$/.test(place.tagName);
  const walker = document.createTreeWalker(heading ? place.closest("article") : place, NodeFilter.SHOW_TEXT);
  walker.currentNode = place;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (heading && !place.contains(node) && node.parentElement.closest("h1[id], h2[id], h3[id], h4[id]")) return;
    yield node;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") globalThis.CSS?.highlights?.delete(NAME);
});
