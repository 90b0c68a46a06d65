// The page of all claims: its choice stands in the address, counts are kept,
// and each claim's address can be copied.

import { value, words } from "./progress.js";

const list = document.querySelector(".claims");
const form = list.querySelector(".filter");
const all = [...list.querySelectorAll(".claim")];
const count = form.querySelector(".claims-count");
const NAMES = ["verdict", "topic"];

// What the address asks for, as far as there is such a choice.
function read() {
  const asked = new URLSearchParams(location.search);
  for (const name of NAMES) {
    const wish = asked.get(name) ?? "all";
    const field = form.elements[name];
    const values = field.options ? [...field.options] : [...field];
    field.value = values.some((one) => one.value === wish) ? wish : "all";
  }
}

function write() {
  const address = new URL(location.href);
  for (const name of NAMES) {
    const chosen = form.elements[name].value;
    if (chosen === "all") address.searchParams.delete(name);
    else address.searchParams.set(name, chosen);
  }
  // A claim that was opened by its address belongs to the old choice.
  address.hash = "";
  history.replaceState(null, "", address.href.replace(/#$/, ""));
}

async function show() {
  const say = await words();
  const chosen = Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value]));
  const fits = (claim) => NAMES.every((name) => chosen[name] === "all" || claim.dataset[name] === chosen[name]);
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const claim of all) claim.classList.toggle("called", claim === target);
  const strange = target && all.includes(target) && !fits(target);
  count.textContent = [say("claims.count", { n: all.filter(fits).length, all: all.length }),
    strange ? say("claims.hidden") : ""].filter(Boolean).join(" ");
}

form.addEventListener("change", () => { write(); show(); });
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", () => { read(); show(); });
addEventListener("hashchange", show);

async function addresses() {
  const say = await words();
  for (const claim of all) {
    const id = claim.id.slice(1);
    const votes = ["before", "after"].map((round) => value(`vote:${id}:${round}`)).filter((bet) => bet !== null);
    const head = claim.querySelector(".card-kind");
    if (votes.length) {
      const name = (bet) => form.querySelector(`input[value="${CSS.escape(bet)}"] + span`)?.firstChild.textContent.trim() ?? bet;
      head.append(" · ", Object.assign(document.createElement("span"), {
        className: "yours", textContent: say("claims.yours", { before: votes.map(name).join(" → ") }) }));
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-address";
    button.dataset.testid = "copy-address";
    button.textContent = say("claims.copy");
    button.setAttribute("aria-label", `${say("claims.copy")}: ${id}`);
    button.addEventListener("click", async () => {
      const address = new URL(`#${claim.id}`, location.href.replace(/[?#].*$/, "")).href;
      try {
        await navigator.clipboard.writeText(address);
        count.textContent = button.textContent = say("claims.copied");
      } catch {
        count.textContent = say("claims.not-copied", { address });
      }
      setTimeout(() => { button.textContent = say("claims.copy"); show(); }, 2500);
    });
    head.append(button);
  }
}

read();
show();
addresses().then(() => {
  // The choice was made after the browser had gone to the claim.
  if (list.querySelector(":target")) list.querySelector(":target").scrollIntoView();
});
