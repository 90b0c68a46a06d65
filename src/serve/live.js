// What only the local server adds to a page: news of the book, labs that run.

const words = JSON.parse(document.getElementById("live-words").textContent);
const token = document.querySelector("meta[name=sockets-token]").content;
const version = document.querySelector("meta[name=sockets-version]").content;
const lang = document.documentElement.lang;

const say = (id, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[id] ?? id);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const post = (path, signal) =>
  fetch(path, { method: "POST", headers: { "x-sockets-token": token }, signal });

// ---- the book

const notice = make("aside", { className: "live-notice", hidden: true });
notice.setAttribute("role", "status");
document.body.append(notice);

function show(title, lines) {
  const close = make("button", { type: "button", className: "live-close", textContent: "×" });
  close.setAttribute("aria-label", say("close"));
  close.addEventListener("click", () => { notice.hidden = true; });
  const items = lines.map((line) => make("li", { textContent: line }));
  notice.replaceChildren(close, make("p", { textContent: title }), make("ul", {}, ...items));
  notice.hidden = false;
}

const running = new Set();
let broken = false;
let stale = false;

// A run ends with the page: a new version of the book waits for it.
function reload() {
  if (running.size > 0) stale = true;
  else location.reload();
}

// A browser keeps six connections to a server at most: a page that nobody
// sees gives its own back, and asks again when it is seen.
let source = null;
function listen() {
  if (document.hidden || source) return;
  source = new EventSource("/_live/news");
  source.addEventListener("hello", (event) => {
    if (event.data !== version) reload();
    else if (!broken) notice.hidden = true;
  });
  source.addEventListener("news", (event) => hear(JSON.parse(event.data)));
  source.addEventListener("error", () => { if (!broken) show(say("lost"), []); });
}
function hush() {
  source?.close();
  source = null;
}
document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
// A page that the reader has left may be kept for the way back, but not its
// connection: Safari said then that the server had stopped.
addEventListener("pagehide", hush);
addEventListener("pageshow", listen);
listen();

function hear(news) {
  document.documentElement.classList.toggle("live-building", news.kind === "building");
  if (news.kind === "built") reload();
  if (news.kind === "labs") refresh();
  if (news.kind === "broken") {
    broken = true;
    const place = (fault) => (fault.line ? `${fault.file}:${fault.line}` : fault.file);
    const title = say(news.kept ? "broken" : "broken-first", { n: news.faults.length });
    show(title, news.faults.map((fault) => `${place(fault)}: ${fault.message}`));
  }
}

// ---- the labs

const MARKS = { pass: "✓", fail: "✗", "not-run": "–", running: "…" };

function mark(place, state) {
  if (!place) return;
  place.textContent = MARKS[state] ?? "";
  place.dataset.is = state ?? "";
  if (state) {
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", say(`mark-${state}`));
  } else {
    place.removeAttribute("role");
    place.removeAttribute("aria-label");
  }
}

const cards = [...document.querySelectorAll("[data-lab]")].map((element) => new Card(element));
const overview = document.querySelector("[data-lab-states]");

async function refresh() {
  // Without an answer the reader has left, or the notice says what there is to say.
  const answer = await post("/_live/labs").catch(() => null);
  if (!answer?.ok) return;
  const state = await answer.json();
  if (overview) overview.hidden = !state.started;
  for (const lab of state.labs) {
    const passed = lab.checks.filter((check) => check.last === "pass").length;
    const all = lab.checks.length;
    if (passed) document.dispatchEvent(new CustomEvent("sockets:done", { detail: { kind: "lab", id: lab.id, value: `${passed}/${all}` } }));
    const link = overview?.querySelector(`[data-lab-state="${CSS.escape(lab.id)}"]`);
    if (link) {
      mark(link.querySelector(".state"), passed === all ? "pass" : undefined);
      let count = link.querySelector(".count");
      if (!count) link.append(count = make("span", { className: "count" }));
      count.textContent = `${passed}/${all}`;
    }
  }
  for (const card of cards) card.standing(state.started, state.labs.find((lab) => lab.id === card.id));
}
if (cards.length > 0 || overview) {
  refresh();
  // Back from the editor: the files may have changed.
  addEventListener("focus", refresh);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) refresh(); });
}

function Card(element) {
  const id = this.id = element.dataset.lab;
  const place = element.querySelector("[data-live]");
  const checkOf = (name) => element.querySelector(`[data-check="${CSS.escape(name)}"]`);
  const start = button("start", () => begin());
  const run = button("run", () => execute());
  const stop = button("stop", () => abort?.abort());
  const status = make("p", { className: "live-status" });
  status.setAttribute("role", "status");
  const build = make("pre", { className: "live-build", hidden: true, tabIndex: 0 });
  let abort = null;
  let ran = false;
  let unfolded = null;
  stop.hidden = true;
  place.replaceChildren(make("div", { className: "live-buttons" }, start, run, stop), status, build);
  place.hidden = false;

  function button(name, action) {
    const made = make("button", { type: "button", className: `live-${name}`, textContent: say(name) });
    made.dataset.testid = name;
    made.addEventListener("click", action);
    return made;
  }

  this.standing = (started, lab) => {
    start.hidden = started && Boolean(lab);
    run.hidden = !start.hidden;
    if (running.has(id) || !lab) return;
    for (const check of lab.checks) mark(checkOf(check.name)?.querySelector("[data-state]"), check.last);
    const passed = lab.checks.filter((check) => check.last === "pass").length;
    // How a run ended says more than how many pass.
    if (!ran && lab.checks.some((check) => check.last)) {
      status.textContent = say(lab.changed ? "standing-changed" : "standing", { passed, all: lab.checks.length });
    }
  };

  async function begin() {
    start.disabled = true;
    const answer = await post("/_live/start");
    start.disabled = false;
    if (answer.ok) await refresh();
    status.textContent = answer.ok ? say("started") : await answer.text();
  }

  async function execute() {
    abort = new AbortController();
    ran = true;
    unfolded = null;
    running.add(id);
    run.hidden = true;
    stop.hidden = false;
    build.replaceChildren();
    build.hidden = true;
    status.textContent = say("building");
    for (const check of element.querySelectorAll("[data-check]")) {
      check.querySelector(".live-record")?.remove();
      mark(check.querySelector("[data-state]"), undefined);
    }
    try {
      const answer = await post(`/_live/run/${id}/${lang}`, abort.signal);
      if (answer.ok) for await (const event of events(answer.body)) take(event);
      else status.textContent = await answer.text();
    } catch (error) {
      status.textContent = say(error.name === "AbortError" ? "stopped" : "lost");
    }
    running.delete(id);
    run.hidden = false;
    stop.hidden = true;
    for (const place of element.querySelectorAll('[data-is="running"]')) mark(place);
    if (stale) location.reload();
  }

  function take(event) {
    if (event.kind === "building") line(event.line);
    if (event.kind === "built") {
      build.hidden = event.ok;
      status.textContent = say(event.ok ? "running" : "not-compiled");
    }
    if (event.kind === "record") record(event.record, event.picture);
    if (event.kind === "error") status.textContent = event.message;
    if (event.kind === "over") {
      const passed = event.checks.filter(([, verdict]) => verdict?.verdict === "pass").length;
      const seconds = (event.ms / 1000).toFixed(1);
      status.textContent = say(event.end === "broken" ? "broken-run" : event.end, { passed, all: event.checks.length, seconds });
    }
  }

  function line(text) {
    if (build.childNodes.length > 400) return;
    build.append(`${text}\n`);
    build.hidden = false;
    build.scrollTop = build.scrollHeight;
  }

  // One failure at a time: the lab's first is the one to begin with, whichever
  // verdict came first. What else the reader unfolds stays as it is.
  function unfold() {
    const first = (verdict) => element.querySelector(`.live-record[data-verdict="${verdict}"]`);
    const wanted = first("fail") ?? first("not-run");
    if (!wanted || wanted === unfolded) return;
    if (unfolded) unfolded.open = false;
    unfolded = wanted;
    wanted.open = true;
  }

  function record(event, picture) {
    const check = checkOf(event.check);
    if (!check) return;
    const state = check.querySelector("[data-state]");
    if (event.event === "start") {
      mark(state, "running");
      const steps = make("ol", { className: "live-steps" });
      steps.dataset.testid = "transcript";
      const summary = make("summary", { textContent: say("steps") });
      check.querySelector(".live-record")?.remove();
      check.append(make("details", { className: "live-record", open: true }, summary, steps));
    }
    const box = check.querySelector(".live-record");
    if (event.event === "step") {
      const step = make("li", { textContent: event.line });
      step.dataset.testid = "step";
      if (event.bytes) step.title = event.bytes.replace(/../g, "$& ").trim();
      box?.querySelector("ol").append(step);
    }
    if (event.event === "verdict") {
      mark(state, event.verdict);
      if (!box) return;
      box.open = false;
      box.dataset.verdict = event.verdict;
      unfold();
      if (picture) {
        // Drawn by the server, of the record that the terminal shows, too.
        const drawn = make("div", { className: "live-picture" });
        drawn.innerHTML = picture;
        const summary = make("summary", { textContent: say("as-text") });
        box.append(drawn, make("details", { className: "live-as-text" }, summary, difference(event)));
      } else if (event.verdict === "fail") {
        box.append(difference(event));
      }
      if (event.todo) box.append(make("p", { className: "live-todo" }, make("code", { textContent: event.todo })));
      if (event.reason) box.append(make("p", { className: "live-todo", textContent: event.reason }));
      // What helps stands with the check already: its section, its hints.
      if (event.verdict === "fail") check.querySelector(".hint > summary")?.classList.add("live-now");
    }
  }
}

// Expected and observed, side by side, with the first line that differs.
function difference(verdict) {
  const column = (title, lines) => {
    const items = lines.map((text, at) => {
      const item = make("li", { textContent: text });
      if (at + 1 === verdict.first_difference) item.className = "differs";
      return item;
    });
    if (verdict.first_difference === lines.length + 1) {
      items.push(make("li", { className: "differs", textContent: say("nothing") }));
    }
    return make("div", {}, make("p", { textContent: title }), make("ol", {}, ...items));
  };
  return make("div", { className: "live-difference" },
    column(say("expected"), verdict.expected), column(say("observed"), verdict.observed));
}

// The events of a stream, as objects.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").filter((part) => part.startsWith("data:")).map((part) => part.slice(5));
      if (data.length > 0) yield JSON.parse(data.join("\n"));
    }
  }
}
