// Experiments on a page become ones that run. This part is small and comes with
// the page; the network itself is loaded when a reader first runs something.

import { Editor } from "./experiment-editor.js";

const lang = document.documentElement.lang === "ko" ? "ko" : "en";

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* a private window forgets */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* there is nothing to forget */ } },
};

// Loaded once a page, and again if that failed.
function once(make) {
  let made;
  return () => {
    made ??= make().catch((error) => { made = undefined; throw error; });
    return made;
  };
}
const words = async (name) => (await import("./experiment-words.js")).load(name, lang);
const betting = once(async () => {
  const [say, { Bets }] = await Promise.all([words("bets"), import("./experiment-bets.js")]);
  return { say, Bets };
});
// Everything that is needed to run.
const load = once(async () => {
  const [say, { Network }, { View }] = await Promise.all([words("experiment"), import("./experiment-client.js"), import("./experiment-view.js")]);
  return { say, network: new Network(say), View };
});

class Experiment {
  constructor(section) {
    this.section = section;
    this.name = section.dataset.script;
    this.mode = section.dataset.mode;
    this.page = section.querySelector(".x-page");
    this.pre = section.querySelector(".x-script");
    this.bar = section.querySelector(".x-bar");
    this.status = section.querySelector(".x-status");
    this.buttons = Object.fromEntries(["run", "stop", "reset", "edit", "skip"]
      .map((name) => [name, this.bar.querySelector(`.x-${name}`)]));
    this.seed = 1;
    this.source = section.dataset.source ?? this.pre.querySelector("code").textContent;
    this.key = `sockets-experiment:${this.name}:${this.mode}`;
    this.tabs();
    this.ready();
    this.bar.hidden = false;
    this.buttons.run.addEventListener("click", () => this.run());
    this.buttons.stop.addEventListener("click", () => this.stop());
    this.buttons.reset.addEventListener("click", () => this.reset());
    this.buttons.edit.addEventListener("click", () => this.edit());
    this.buttons.skip.addEventListener("click", () => this.skip());
  }

  // What stands folded on the page without scripts becomes tabs.
  tabs() {
    const { section, page } = this;
    const folded = [...section.querySelectorAll(":scope > details.x-tab")];
    const results = page.querySelector(":scope > .x-results");
    const recorded = results?.querySelector(".x-transcript");
    recorded?.removeAttribute("data-testid");
    section.querySelector(":scope > .x-linux")?.append(...(recorded ? [recorded.cloneNode(true)] : []));
    // The figure that was drawn for the page gives way to the one of each run.
    if (this.mode === "write") results?.querySelector(".x-figure")?.removeAttribute("data-testid");
    else results?.remove();
    if (!folded.length) return;
    const list = document.createElement("div");
    list.className = "x-tabs";
    list.role = "tablist";
    const panels = [page, ...folded.map((details) => {
      const panel = document.createElement("div");
      panel.className = details.className;
      panel.dataset.label = details.querySelector("summary").textContent;
      panel.append(...[...details.childNodes].slice(1));
      if (details.dataset.testid) panel.dataset.testid = details.dataset.testid;
      details.replaceWith(panel);
      return panel;
    })];
    const buttons = panels.map((panel, at) => {
      panel.id = `${this.id()}-panel-${at}`;
      panel.role = "tabpanel";
      const tab = document.createElement("button");
      tab.type = "button";
      tab.role = "tab";
      tab.id = `${panel.id}-tab`;
      tab.textContent = panel.dataset.label;
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => select(at));
      list.append(tab);
      return tab;
    });
    const select = (chosen) => {
      buttons.forEach((tab, at) => {
        tab.setAttribute("aria-selected", String(at === chosen));
        tab.tabIndex = at === chosen ? 0 : -1;
        panels[at].hidden = at !== chosen;
      });
    };
    list.addEventListener("keydown", (event) => {
      const shown = buttons.filter((tab) => !tab.hidden);
      const at = shown.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const tab = shown[(to + shown.length) % shown.length];
      select(buttons.indexOf(tab));
      tab.focus();
    });
    select(0);
    page.before(list);
    this.list = list;
    this.rust = panels.find((panel) => panel.classList.contains("x-rust"));
    this.program();
    // What gives results away waits until the reader has had a try.
    if (this.mode !== "run") list.hidden = true;
  }

  // Programs are files: one is read when its tab is opened.
  program() {
    const link = this.rust?.querySelector("[data-program]");
    if (!link) return;
    const tab = document.getElementById(this.rust.getAttribute("aria-labelledby"));
    let asked = false;
    const load = async () => {
      if (asked || !link.isConnected) return;
      asked = true;
      const response = await fetch(link.href).catch(() => null);
      const text = response?.ok ? await response.text() : null;
      if (text !== null && link.isConnected) this.showProgram(text);
      asked = text !== null;
    };
    // The arrow keys open a tab without a click.
    for (const event of ["click", "focus"]) tab.addEventListener(event, load);
  }

  // Shows `text` as the program, in place of the link to its file or of the
  // program before.
  showProgram(text) {
    let code = this.rust.querySelector(".x-program code");
    if (!code) {
      const link = this.rust.querySelector("[data-program]");
      if (!link) return;
      code = document.createElement("code");
      const pre = document.createElement("pre");
      pre.className = "x-program";
      pre.tabIndex = 0;
      pre.append(code);
      link.parentElement.replaceWith(pre);
    }
    code.textContent = text;
  }

  id() {
    return this.section.id || `experiment-${this.name || "play"}`;
  }

  // The script as this mode begins with it.
  ready() {
    if (this.mode === "predict") {
      this.asking = betting().then(({ say, Bets }) => {
        this.bets = new Bets(this, say, store);
        this.pre.hidden = true;
      }, (error) => this.failed(error));
      return;
    }
    const kept = this.mode === "write" ? store.get(this.key) : null;
    this.open(kept ?? this.source);
  }

  // Puts `text` into an editor in place of what stands there.
  open(text) {
    if (!this.editor) {
      this.editor = new Editor(this.section.dataset.scriptLabel ?? "");
      this.pre.before(this.editor.element);
      this.pre.hidden = true;
      this.editor.changed = () => this.changed();
    }
    this.editor.text = text;
    this.changed();
  }

  changed() {
    const edited = this.editor.text.trimEnd() !== this.source.trimEnd();
    this.buttons.reset.hidden = !edited;
    this.view?.edited();
    if (this.mode === "write") {
      if (edited) store.set(this.key, this.editor.text);
      else store.drop(this.key);
    }
  }

  get text() {
    return this.editor ? this.editor.text : this.source;
  }

  async run(at) {
    let parts;
    try {
      parts = await load();
    } catch (error) {
      this.failed(error);
      return;
    }
    const { say, network, View } = parts;
    // Who is quicker than the boxes for the bets is asked all the same.
    await this.asking;
    if (this.bets && !this.bets.judge()) return;
    this.view ??= new View(this, say, network);
    this.running(true);
    this.status.textContent = "";
    const before = performance.now();
    const run = await network.play(this.text, this.seed, this.id());
    this.section.dataset.ms = (performance.now() - before).toFixed(1);
    this.running(false);
    if (run.stopped) {
      this.status.textContent = say(`stopped.${run.stopped}`);
      return;
    }
    this.bets?.observe(run);
    this.view.show(run, at);
    this.tell(run);
    if (this.list && (this.mode !== "write" || this.passed(run))) this.list.hidden = false;
    if (this.bets) {
      this.buttons.edit.hidden = false;
      this.buttons.skip.hidden = true;
    }
  }

  // Tells whoever keeps the reader's progress what was done here.
  tell(run) {
    if (!this.name || !run.ok) return;
    const done = (kind, value) => document.dispatchEvent(new CustomEvent("sockets:done", { detail: { kind, id: this.name, value } }));
    const whole = this.mode === "write" ? this.passed(run) : this.text.trimEnd() === this.source.trimEnd();
    if (whole) done("experiment", "run");
    if (this.bets?.result) done("bet", this.bets.result);
  }

  // Opens what helps with a task, if there is something.
  help() {
    const hint = this.section.querySelector("details.hint");
    if (!hint) return;
    hint.hidden = false;
    hint.open = true;
  }

  // Lines that were not the reader's are all still there, and nothing fails.
  passed(run) {
    if (!run.ok || run.failures.length || run.end !== "finished") return false;
    const lines = new Set(this.text.split("\n").map((line) => line.trim()));
    return this.source.split("\n").every((line) => !line.includes("(") || line.trim().startsWith("#") || lines.has(line.trim()));
  }

  running(busy) {
    this.section.setAttribute("aria-busy", String(busy));
    this.buttons.run.disabled = busy;
    clearTimeout(this.slow);
    this.buttons.stop.hidden = true;
    // Most runs are over before a button could be seen.
    if (busy) this.slow = setTimeout(() => { this.buttons.stop.hidden = false; }, 250);
  }

  stop() {
    load().then(({ network }) => network.stop("reader"));
    this.buttons.run.focus();
  }

  reset() {
    this.open(this.source);
    this.seed = 1;
    // The address is no longer that of what stands here.
    if (location.hash.startsWith("#s=") && "play" in this.section.dataset) history.replaceState(null, "", "#play");
    if (this.view?.ran) this.run();
    this.buttons.run.focus();
  }

  // After the bets: the same script, to be changed.
  edit() {
    this.bets.close();
    this.bets = undefined;
    this.buttons.edit.hidden = true;
    this.open(this.source);
    this.editor.focus();
  }

  skip() {
    this.bets.give();
    this.run();
  }

  failed(error) {
    console.error(error);
    this.status.textContent = this.section.dataset.unavailable ?? String(error);
  }
}

const made = new Map();
function make(section) {
  if (!section || made.has(section) || !section.querySelector(".x-bar")) return made.get(section);
  const experiment = new Experiment(section);
  made.set(section, experiment);
  return experiment;
}

// On the bench an experiment is made when it is opened.
for (const section of document.querySelectorAll(".experiment")) {
  const fold = section.closest("details.x-fold");
  if (fold && !fold.open) fold.addEventListener("toggle", () => make(section), { once: true });
  else make(section);
}

// `#half-close` opens the experiment, `#s=…` fills the empty script.
async function arrive() {
  if (location.hash.startsWith("#s=")) {
    const play = make(document.querySelector(".experiment[data-play]"));
    if (!play) return;
    const { unpack } = await import("./experiment-link.js");
    const text = await unpack(location.hash.slice(3));
    if (text === null) return;
    play.open(text);
    play.section.scrollIntoView();
    play.run();
    return;
  }
  const fold = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (fold?.matches("details.x-fold")) {
    fold.open = true;
    fold.scrollIntoView();
  }
}
addEventListener("hashchange", arrive);
arrive();
