// What a term means, where it is first used: with the mouse, a finger or a key.

const tip = document.createElement("span");
tip.className = "term-tip";
tip.id = "term-tip";
tip.role = "tooltip";
tip.hidden = true;
let shown = null;
let leaving;

function show(term) {
  clearTimeout(leaving);
  if (shown === term) return;
  hide();
  shown = term;
  tip.textContent = term.dataset.definition;
  // Next to the word it would tear its particle off; at the end nothing is torn.
  document.getElementById("main").append(tip);
  tip.hidden = false;
  term.setAttribute("aria-describedby", tip.id);
  const box = [...term.getClientRects()].at(-1);
  const width = document.documentElement.clientWidth;
  const left = Math.min(Math.max(box.left, 8), width - tip.offsetWidth - 8);
  const below = box.bottom + tip.offsetHeight + 12 < innerHeight;
  tip.style.left = `${left + scrollX}px`;
  tip.style.top = `${(below ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + scrollY}px`;
}

function hide() {
  clearTimeout(leaving);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  tip.hidden = true;
}

const soon = () => { clearTimeout(leaving); leaving = setTimeout(hide, 250); };
const termOf = (target) => target.closest?.("a.term");

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "touch") return;
  if (termOf(target)) show(termOf(target));
  else if (target === tip) clearTimeout(leaving);
  else if (shown && document.activeElement !== shown) soon();
});
document.addEventListener("focusin", ({ target }) => { if (termOf(target)) show(termOf(target)); else hide(); });
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") hide(); });
// A finger sees the meaning first; a second touch follows the link.
let touched = false;
document.addEventListener("pointerdown", ({ target, pointerType }) => {
  touched = pointerType === "touch" && termOf(target) !== shown;
  if (!termOf(target) && target !== tip) hide();
}, true);
document.addEventListener("click", (event) => {
  const term = termOf(event.target);
  if (!term || !touched) return;
  event.preventDefault();
  show(term);
});

export { show };
