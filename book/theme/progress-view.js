// The whole of what is kept: to see, to save, to take in, to forget.

import * as progress from "./progress.js";

const element = (tag, text = "", name = "") => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
};

function button(text, name, click) {
  const made = element("button", text, `progress-${name}`);
  made.type = "button";
  made.dataset.testid = `progress-${name}`;
  made.addEventListener("click", click);
  return made;
}

// Says above the text that something kept could not be used.
export async function notice(problem) {
  const say = await progress.words();
  const box = element("aside", "", "progress-notice");
  box.dataset.testid = "progress-notice";
  box.role = "alert";
  document.querySelector("main").prepend(box);
  box.append(
    element("p", `${say(`problem.${problem}`)} ${say("aside.kept")}`),
    button(say("aside.look"), "look", () => { box.remove(); open(); }),
    button(say("close"), "dismiss", () => box.remove()),
  );
}

let dialog;
let counted = [];
export async function open() {
  const [say, pages] = await Promise.all([progress.words(), progress.pages()]);
  counted = pages;
  if (!dialog) {
    dialog = element("dialog", "", "progress-dialog");
    dialog.dataset.testid = "progress-dialog";
    dialog.setAttribute("aria-labelledby", "progress-title");
    document.body.append(dialog);
    progress.changed(() => { if (dialog.open) refresh(say); });
  }
  const contents = document.getElementById("contents");
  if (contents?.matches(":popover-open")) contents.hidePopover();
  draw(say);
  said("");
  if (!dialog.open) dialog.showModal();
}

let status;
function said(text) {
  status.textContent = text;
}

// What the buttons depend on.
const choices = () => JSON.stringify([progress.kept(), progress.copied(), progress.asides()]);
let drawn;

// A section that counts as read meanwhile must not take a button away from
// under a finger, nor the question whether one is sure.
function refresh(say) {
  if (choices() !== drawn) return draw(say);
  const old = dialog.querySelector(".progress-pages");
  const at = [...old.querySelectorAll("a")].indexOf(document.activeElement);
  old.replaceWith(overview(say));
  if (at >= 0) dialog.querySelectorAll(".progress-pages a")[at]?.focus();
}

function draw(say) {
  drawn = choices();
  const before = status?.textContent ?? "";
  const title = element("h2", say("title"));
  title.id = "progress-title";
  status = element("p", before, "progress-said");
  status.role = "status";
  const focused = dialog.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  const close = button(say("close"), "close", () => dialog.close());
  dialog.replaceChildren(title, element("p", say(progress.kept() ? "kept" : "not-kept"), "fine"), overview(say),
    actions(say), status, ...asides(say), close);
  if (focused) (dialog.querySelector(`[data-testid="${focused}"]:not([hidden])`) ?? close).focus();
}

const KINDS = { s: "sections", e: "experiments", v: "votes", q: "questions" };

function overview(say) {
  const list = element("ul", "", "progress-pages");
  for (const { link, parts } of counted) {
    const kinds = Object.entries(KINDS).filter(([kind]) => parts[kind]?.length);
    const counts = kinds.map(([kind, id]) => say(id, { n: parts[kind].filter(progress.has).length, all: parts[kind].length }));
    const item = element("li");
    const name = element("a", [...link.childNodes].filter((node) => !node.classList?.contains("ring"))
      .map((node) => node.textContent).join(" ").trim());
    name.href = link.href;
    item.append(name, element("span", counts.join(" · "), "fine"));
    list.append(item);
  }
  const of = (kind) => [...progress.entries()].filter(([key, [value]]) => key.startsWith(`${kind}:`) && value !== null);
  const bets = of("bet").map(([, [value]]) => value);
  if (bets.length) {
    const sum = (name) => bets.reduce((total, bet) => total + (Number(bet?.[name]) || 0), 0);
    list.append(element("li", say("bets", { right: sum("right"), of: sum("of") })));
  }
  for (const [key, [value]] of of("lab")) list.append(element("li", say("lab", { lab: key.slice(4), state: value })));
  return list;
}

function save(text, name) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const today = () => new Date().toISOString().slice(0, 10);

function actions(say) {
  const box = element("div", "", "progress-actions");
  const pick = element("label", say("import"), "progress-import");
  const file = element("input");
  file.type = "file";
  file.accept = ".json,application/json";
  file.dataset.testid = "progress-import";
  file.addEventListener("change", async () => {
    if (file.files[0]) take(await file.files[0].text(), say);
    file.value = "";
  });
  pick.append(file);
  box.append(button(say("export"), "export", () => save(progress.text(1), `sockets-progress-${today()}.json`)), pick);
  const sure = element("div", "", "progress-sure");
  sure.hidden = true;
  const ask = button(say("reset"), "reset", () => { sure.hidden = false; sure.querySelector("button").focus(); });
  sure.append(element("p", say(progress.kept() ? "reset-sure" : "reset-sure-gone")),
    button(say("reset-no"), "reset-no", () => { sure.hidden = true; ask.focus(); }),
    button(say("reset-yes"), "reset-yes", () => {
      const done = progress.reset();
      draw(say);
      said(say(done ? "reset-done" : "reset-full"));
      dialog.querySelector(".progress-restore, .progress-close").focus();
    }));
  box.append(ask);
  if (progress.copied()) {
    box.append(button(say("restore"), "restore", () => {
      const done = progress.restore();
      draw(say);
      said(say(done ? "restored" : "problem.broken"));
      dialog.querySelector(".progress-close").focus();
    }));
  }
  box.append(sure);
  return box;
}

function take(text, say) {
  const data = progress.parse(text);
  if (data.problem) {
    said(`${say(`problem.${data.problem}`)} ${say("nothing-changed")}`);
    return false;
  }
  const fresh = progress.adopt(data);
  draw(say);
  said(`${say("imported", { n: data.entries.size, fresh })} ${data.left ? say("left-out", { n: data.left }) : ""}`.trim());
  return true;
}

// What was set aside earlier: it can be saved, tried again, and thrown away.
function asides(say) {
  return progress.asides().map((key) => {
    const aside = progress.aside(key);
    const box = element("div", "", "progress-aside");
    const day = aside ? new Date(aside.at).toLocaleDateString(document.documentElement.lang) : "";
    box.append(
      element("p", say("aside.found", { day, why: aside ? say(`problem.${aside.problem}`) : "" })),
      button(say("aside.save"), "aside-save", () => save(aside?.text ?? "", `${key}.txt`)),
      button(say("aside.try"), "aside-try", () => {
        if (take(aside?.text ?? "", say)) { progress.discard(key); draw(say); }
      }),
      button(say("aside.drop"), "aside-drop", () => { progress.discard(key); draw(say); said(say("aside.dropped")); }),
    );
    return box;
  });
}
