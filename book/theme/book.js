// What a page does beyond being read. Everything works without it.

const root = document.documentElement;
const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* a private window forgets */ } },
};

// Who opens a page of an edition has chosen it.
store.set("sockets-language", root.lang);

const theme = document.querySelector("[data-theme-switch]");
if (theme) {
  const dark = () => (root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches);
  const show = () => theme.setAttribute("aria-pressed", String(dark()));
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    store.set("sockets-theme", root.dataset.theme);
    show();
  });
  show();
}

// The search is loaded by who uses it; what is typed meanwhile stays.
const search = document.getElementById("search");
const opener = document.querySelector("[data-search-open]");
if (search && opener) {
  const open = () => {
    if (search.open) return;
    search.showModal();
    search.querySelector("input").select();
    import("./search.js");
  };
  const writes = (at) => at.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  opener.hidden = false;
  opener.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const asks = event.key === "/" ? !(event.ctrlKey || event.metaKey || event.altKey)
      : event.key.toLowerCase() === "k" && event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
    if (!asks || event.isComposing || event.defaultPrevented || writes(event.target)) return;
    event.preventDefault();
    open();
  });
  search.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  search.querySelector("[data-search-close]").addEventListener("click", () => search.close());
  // Who comes from a result sees what was found.
  try { if (sessionStorage.getItem("sockets-found")) import("./search-mark.js").then((mark) => mark.arrive()); } catch { /* no memory */ }
}

// The switch keeps the section, and what a list is filtered by: ids and names
// are the same in both editions.
const PLACES = "article > :is(h2, h3)[id], .claim[id], .terms > [id], .lab[id], .x-fold[id]";
const other = document.querySelector(".language");
other?.addEventListener("click", () => {
  // A page that only this edition has leads to another.
  if ("elsewhere" in other.dataset) return;
  // At the end of a page the last sections never come to the top.
  const atEnd = innerHeight + scrollY >= root.scrollHeight - 2;
  const line = atEnd ? innerHeight : innerHeight / 3;
  let section = "";
  for (const place of document.querySelectorAll(PLACES)) {
    if (!place.checkVisibility()) continue;
    const { top } = place.getBoundingClientRect();
    if (top > line) break;
    section = place.id;
    if (atEnd && top >= 0 && location.hash === `#${section}`) break;
  }
  other.search = location.search;
  other.hash = section;
});

// A section chosen from the sheet of contents is what one wants to see next.
const contents = document.getElementById("contents");
contents?.addEventListener("click", (event) => {
  if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
});
contents?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });

const words = document.getElementById("main")?.dataset ?? {};
for (const pre of document.querySelectorAll("article pre:not(.experiment pre)")) {
  const box = document.createElement("div");
  box.className = "code";
  pre.replaceWith(box);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copied(pre.querySelector("code") ?? pre));
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 1600);
  });
  box.append(pre, button);
}

import("./progress.js");
// What scripts add and take away above the section that an address names moves
// it. Where a browser holds the place itself (scroll anchoring), nothing is to
// be done; Safari does not, and goes there again until the reader moves.
const named = document.getElementById(location.hash.slice(1));
if (named && !CSS.supports("overflow-anchor", "auto") && performance.getEntriesByType("navigation")[0]?.type === "navigate") {
  const top = () => named.getBoundingClientRect().top;
  let [height, left] = [0, 0];
  const hold = new ResizeObserver(() => {
    named.scrollIntoView();
    [height, left] = [root.scrollHeight, top()];
  });
  hold.observe(document.body);
  const own = new AbortController();
  const end = () => { hold.disconnect(); own.abort(); };
  const moved = () => { if (root.scrollHeight === height && Math.abs(top() - left) > 1) end(); };
  addEventListener("scroll", moved, { passive: true, signal: own.signal });
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, end, { capture: true, signal: own.signal });
}
// What a term means is shown to who goes to it. A finger goes nowhere before it
// touches: for it, the script has to be there.
if (matchMedia("(hover: none)").matches && document.querySelector("a.term")) import("./terms.js");
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, async ({ target, pointerType }) => {
    const term = target.closest?.("a.term");
    if (term && pointerType !== "touch") (await import("./terms.js")).show(term);
  });
}
if (document.querySelector(".claims")) import("./claims.js");
if (document.querySelector(".experiment")) import("./experiment.js");
// After everything that this page needs.
if (document.querySelector("meta[name=sockets-offline]")) {
  const later = () => setTimeout(() => import("./offline.js"), 1000);
  if (document.readyState === "complete") later();
  else addEventListener("load", later);
}

// Of a terminal, what one types: the lines with a prompt, without it.
function copied(code) {
  const text = code.textContent;
  if (!code.classList.contains("language-console")) return text;
  const typed = text.split("\n").filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  return typed.length ? typed.join("\n") : text;
}
