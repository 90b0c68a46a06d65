// What a reader sees of a run, and the steps through it.

import { Figure } from "./experiment-figure.js";
import { Transcript } from "./experiment-transcript.js";
import { PacketView } from "./experiment-packet.js";
import { States } from "./experiment-states.js";
import { Sliders } from "./experiment-sliders.js";
import { Why } from "./experiment-why.js";
import { meant } from "./experiment-near.js";
import { SIGNS, amount, element, button, fold, milliseconds } from "./experiment-parts.js";

export class View {
  constructor(experiment, say, network) {
    Object.assign(this, { experiment, say, network });
    this.ran = false;
    this.element = element("div", "x-view");
    this.verdict = element("div", "x-verdict");
    // Both regions are there before anything is said in them.
    this.verdict.setAttribute("role", "status");
    this.moves = element("div", "x-moves");
    this.moves.setAttribute("role", "group");
    this.moves.setAttribute("aria-label", say("steps"));
    const move = (name, to, testid) => {
      const made = button(SIGNS[name], say(`step.${name}`), () => this.go(to()));
      if (testid) made.dataset.testid = testid;
      this.moves.append(made);
      return made;
    };
    this.first = move("first", () => 0);
    this.back = move("back", () => this.at - 1, "back");
    this.next = move("next", () => this.at + 1, "step");
    this.last = move("last", () => this.steps.length - 1);
    this.place = element("input", "x-place");
    Object.assign(this.place, { type: "range", min: 0, step: 1 });
    this.place.setAttribute("aria-label", say("step.place"));
    this.place.addEventListener("input", () => this.go(Number(this.place.value)));
    this.count = element("span", "x-count");
    this.moves.append(this.place, this.count);
    this.now = element("p", "x-now");
    this.now.setAttribute("aria-live", "polite");

    this.figure = new Figure(say, (packet) => this.open(packet));
    this.figure.element.addEventListener("keydown", (event) => this.key(event));
    this.packet = new PacketView(say, network, () => this.shut());
    this.transcript = new Transcript(say, (event) => this.reach(event));
    this.sockets = element("div", "x-sockets");
    this.sockets.tabIndex = 0;
    this.sockets.setAttribute("role", "group");
    this.sockets.setAttribute("aria-label", say("sockets.title"));
    this.states = new States(say);
    this.socketsFold = fold(say("sockets.title"), this.sockets, () => this.after());
    this.statesFold = fold(say("states.title"), this.states.element, () => this.after());
    this.tools = element("p", "x-tools");
    const pcap = button("", say("pcap"), () => this.save(), say("pcap"));
    pcap.dataset.testid = "pcap";
    this.share = button("", say("link.copy"), () => this.link(), say("link.copy"));
    this.shared = element("span", "x-shared");
    this.shared.dataset.testid = "link-said";
    this.share.dataset.testid = "link";
    this.shared.setAttribute("role", "status");
    this.reseed = button("", say("seed"), () => this.again(), say("seed"));
    this.tools.append(pcap, this.share, this.shared, this.reseed);

    this.shown = element("div", "x-shown");
    this.shown.append(this.moves, this.now, this.figure.element, this.packet.element,
      fold(say("transcript"), this.transcript.element, null, true), this.socketsFold, this.statesFold, this.tools);
    this.stale = element("p", "x-stale x-word open", say("stale"));
    // The network may take a while to arrive: until then nothing has run.
    this.stale.hidden = this.shown.hidden = true;
    this.element.append(this.verdict, this.stale, this.shown);
    experiment.bar.after(this.element);
    this.sliders = new Sliders(say, experiment);
    experiment.bar.after(this.sliders.element);
  }

  // The script has changed since it ran.
  edited() {
    this.sliders.read();
    const stale = this.ran && this.experiment.text !== this.script;
    // A link that was copied is not one to this script.
    if (this.linked !== this.experiment.text) this.shared.replaceChildren();
    this.element.classList.toggle("stale", stale);
    this.stale.hidden = !stale;
  }

  // Shows a run, at its end.
  show(run) {
    this.ran = true;
    this.run = run;
    this.script = this.experiment.text;
    this.seed = this.experiment.seed;
    this.element.classList.remove("stale");
    this.stale.hidden = true;
    this.shut(true);
    this.judge();
    this.shown.hidden = !run.ok;
    if (!run.ok) return;
    this.figure.show(run);
    this.transcript.show(run);
    this.states.show(run);
    this.steps = this.figure.events.length ? this.figure.events : run.events.map((_, index) => index);
    this.place.max = this.steps.length - 1;
    this.reseed.hidden = !/^\s*link\b.*\b(loss|duplicate|reorder)\b/m.test(this.script);
    this.rust();
    this.go(this.steps.length - 1, true);
    // All of it is there; one reads it from the hosts' names down.
    this.figure.element.scrollTop = 0;
  }

  // The program of the script that ran; if it cannot be made here, says of
  // which script the one on the page is.
  rust() {
    const { rust, source } = this.experiment;
    if (!rust) return;
    const edited = this.script.trimEnd() !== source.trimEnd() && this.experiment.mode !== "write";
    if (this.run.rust && edited) this.experiment.showProgram(this.run.rust);
    rust.querySelector(".x-before")?.remove();
    if (edited && !this.run.rust) rust.prepend(element("p", "x-before x-word open", this.say("rust.before")));
  }

  // What is wrong with the script or with what it did, line by line.
  judge() {
    const { run, say, experiment } = this;
    this.why = run.ok ? new Why(say, run) : null;
    const list = element("ul", "x-failures");
    const marks = new Map();
    const fault = (line, column, text) => {
      marks.set(line, "bad");
      const item = element("li");
      if (experiment.editor) item.append(button("", "", () => experiment.editor.goto(line, column), say("place", { line, column })), " ");
      else item.append(`${say("place", { line, column })} `);
      item.append(text);
      list.append(item);
    };
    let verdict = "";
    let kind = "good";
    if (!run.ok) {
      kind = "bad";
      verdict = say("verdict.script");
      const found = run.found ? ` ${say("net.found", { found: run.found })}` : "";
      const near = meant(run, this.script);
      // The page has room for words about a limit; a command says them short.
      const wanted = say(say.has(`limit.${run.expected}`) ? `limit.${run.expected}` : `net.script.${run.expected}`);
      fault(run.line, run.column, wanted + found + (near ? ` ${say("meant", { word: near })}` : ""));
    } else {
      for (const line of run.lines) {
        if (line.line && line.asked && line.result !== null) marks.set(line.line, "good");
      }
      // A run that was cut short has not waited in vain.
      const cut = !["finished", "blocked"].includes(run.end);
      for (const { line, column, program, step, expected, got, gone } of run.failures) {
        if (got === null && cut) continue;
        if (got === null && !gone) {
          const wanted = expected === null ? "" : say("why.wanted", { expected });
          fault(line, column, [say("why.line", { program, call: step }), wanted, this.why.of(program, line)].filter(Boolean).join(" "));
          continue;
        }
        const values = { program, step, expected: expected ?? say("net.success"), got: got ?? say("net.waiting") };
        fault(line, column, say(gone ? "net.difference-gone" : "net.unexpected", values));
      }
      for (const { line, text } of cut ? [] : this.why.others(run.failures)) fault(line, 1, text);
      for (const { line, text } of cut ? this.why.places() : []) fault(line, 1, text);
      if (run.end !== "finished") {
        kind = "bad";
        verdict = say(`end.${run.end}`, { limit: amount(run.limit) });
      } else if (run.failures.length) {
        kind = "bad";
        verdict = say("verdict.fails", { n: run.failures.length });
      } else if (experiment.mode === "write" && !experiment.passed(run)) {
        kind = "open";
        verdict = say("verdict.changed");
      } else if (run.lines.some((line) => line.asked)) {
        verdict = say(experiment.mode === "write" ? "verdict.solved" : "verdict.passes");
      }
    }
    const score = experiment.bets?.score;
    this.verdict.replaceChildren();
    if (score) this.verdict.append(element("p", "x-score", score));
    if (verdict && !(score && kind === "good")) {
      const signed = { good: "✓", bad: "✗", open: "!" }[kind];
      this.verdict.append(element("p", `x-word ${kind}`, `${signed} ${verdict}`));
    }
    if (list.children.length) this.verdict.append(list);
    experiment.editor?.mark(marks);
    // What was to be written and is not there yet: a word of help, if there is one.
    if (experiment.mode === "write" && kind !== "good") experiment.help();
  }

  // To step `at`.
  go(at, quiet) {
    if (!this.run?.ok || !this.steps.length) return;
    this.at = Math.max(0, Math.min(this.steps.length - 1, at));
    const event = this.steps[this.at];
    const { say, run } = this;
    this.event = event;
    this.place.value = this.at;
    this.place.setAttribute("aria-valuetext", say("step.of", { n: this.at + 1, all: this.steps.length }));
    const here = document.activeElement;
    this.first.disabled = this.back.disabled = this.at === 0;
    this.next.disabled = this.last.disabled = this.at === this.steps.length - 1;
    // A button that can no longer be pressed hands over to its twin.
    if (here?.disabled && this.moves.contains(here)) (this.next.disabled ? this.back : this.next).focus();
    this.count.textContent = `${this.at + 1}/${this.steps.length} · ${milliseconds(run.events[event]?.at ?? 0)}`;
    this.now.textContent = quiet ? "" : this.tell(event);
    // What belongs to one row, such as a result that came at once, is shown with it.
    const until = (this.steps[this.at + 1] ?? run.events.length) - 1;
    this.until = Math.max(event, until);
    this.figure.until(this.until, event);
    this.transcript.until(this.until);
    if (this.packet.isOpen && run.events[event]?.bytes && !quiet) this.open(event, true);
    this.after();
  }

  // To the step at which an event is shown.
  reach(event) {
    let at = this.steps.findIndex((step) => step > event);
    at = (at < 0 ? this.steps.length : at) - 1;
    this.go(at);
  }

  // What happened in a step, in words.
  tell(index) {
    const { say, run } = this;
    const event = run.events[index];
    if (!event) return "";
    const next = run.events[index + 1];
    const values = { ...event, call: event.text, result: event.text };
    if (event.event === "call" && next?.event === "result" && next.program === event.program && next.text) {
      return say("tell.done", { program: event.program, call: event.text, result: next.text });
    }
    if (event.event === "result" && !event.text) return say("tell.waited", values);
    if (event.event === "sent" && event.fate !== "arrives") return say(`tell.${event.fate}`, values);
    return say.has(`tell.${event.event}`) ? say(`tell.${event.event}`, values) : "";
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowRight: this.at + 1, ArrowLeft: this.at - 1, Home: 0, End: (this.steps?.length ?? 1) - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.go(to);
    } else if (event.key === "Enter" && event.target === this.figure.element) {
      const packet = this.figure.packetOf(this.event);
      if (packet !== null) this.open(packet);
    }
  }

  async open(packet, silent) {
    const event = this.run.events[packet];
    if (!event?.bytes) return;
    this.figure.choose(packet);
    if (!silent) this.opener = document.activeElement;
    // The figure makes room, so that both are seen.
    this.shown.classList.add("opened");
    await this.packet.show(event, silent);
    if (!silent) this.figure.element.scrollIntoView({ block: "start" });
    this.figure.reveal();
  }

  // After a packet was closed: the keys are where it was opened from.
  shut(quiet) {
    this.packet.close();
    this.shown.classList.remove("opened");
    this.figure.choose(-1);
    if (quiet) return;
    (this.opener?.isConnected && this.figure.element.contains(this.opener) ? this.opener : this.figure.element).focus();
    this.figure.reveal();
  }

  // The tables that are open, a moment after the last step.
  after() {
    clearTimeout(this.later);
    this.later = setTimeout(async () => {
      if (!this.run?.ok) return;
      if (this.statesFold.open) this.states.until(this.until);
      if (!this.socketsFold.open) return;
      const asked = this.until;
      const rows = await this.network.sockets(this.script, this.seed, asked);
      if (Array.isArray(rows) && asked === this.until) this.table(rows);
    }, 30);
  }

  table(rows) {
    const { say } = this;
    if (!rows.length) {
      this.sockets.replaceChildren(element("p", "fine", say("sockets.none")));
      return;
    }
    const table = element("table");
    const head = table.createTHead().insertRow();
    for (const name of ["program", "fd", "kind", "state", "recv", "send", "local", "remote"]) {
      const cell = element("th", "", say(`sockets.${name}`));
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const { host, program, fd, kind, state, local, remote, recv, send } of rows) {
      const row = body.insertRow();
      const who = !program || program === host ? host : `${program} (${host})`;
      for (const text of [who, fd.join(" "), kind, state, recv, send, local, remote]) row.insertCell().textContent = text;
    }
    this.sockets.replaceChildren(table);
  }

  async save() {
    const bytes = await this.network.pcap(this.script, this.seed);
    if (!(bytes instanceof Uint8Array)) return;
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/vnd.tcpdump.pcap" }));
    const link = Object.assign(element("a"), { href: address, download: `${this.experiment.name || "experiment"}.pcap` });
    link.click();
    // Not at once: a browser may begin to read it only now.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  // The bench with a script in its address.
  async address(text) {
    const { pack } = await import("./experiment-link.js");
    const address = new URL(this.experiment.section.dataset.bench, location.href);
    address.hash = `s=${await pack(text)}`;
    return address.href;
  }

  async link() {
    const text = this.experiment.text;
    const address = this.address(text);
    this.linked = text;
    // Said anew to who listens, also when it is said twice.
    this.shared.replaceChildren();
    const pause = new Promise((resolve) => { setTimeout(resolve, 50); });
    try {
      // Safari takes a text only while the button is being pressed, or then the promise of one.
      const later = address.then((href) => new Blob([href], { type: "text/plain" }));
      await Promise.all([navigator.clipboard.write([new ClipboardItem({ "text/plain": later })]), pause]);
      this.shared.textContent = this.say("link.copied");
    } catch {
      // Where a page may not write there, the address itself can be copied.
      const shown = Object.assign(element("a", "", this.say("link.here")), { href: await address });
      this.shared.replaceChildren(shown);
    }
  }

  // Other losses.
  again() {
    this.experiment.seed += 1;
    this.experiment.run();
  }
}
