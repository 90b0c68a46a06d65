// The script with its results, as far as the steps have come.

import { element } from "./experiment-parts.js";
import { paint } from "./experiment-editor.js";

export class Transcript {
  constructor(say, reach) {
    this.say = say;
    this.reach = reach;
    this.element = element("div", "x-transcript");
    this.element.dataset.testid = "transcript";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", say("transcript"));
  }

  show(run) {
    const calls = new Map();
    const results = new Map();
    run.events.forEach(({ event, line }, index) => {
      if (event === "call" && !calls.has(line)) calls.set(line, index);
      if (event === "result" && !results.has(line)) results.set(line, index);
    });
    const hosts = new Map(run.programs.map(({ name, host }) => [name, host]));
    const failed = new Set(run.failures.map(({ line }) => line));
    this.rows = [];
    this.element.replaceChildren();
    let current;
    for (const line of run.lines) {
      if (line.program !== current) {
        current = line.program;
        const host = hosts.get(current);
        this.element.append(row(`${current}${host === current ? "" : ` on ${host}`}:`));
      }
      const made = row(`${"  ".repeat(1 + (line.depth ?? 0))}${line.text}`);
      const result = element("span", "x-result");
      made.append(result);
      this.element.append(made);
      const end = results.get(line.line);
      if (failed.has(line.line)) made.classList.add("bad");
      // What was seen, and not what the script allows: `1..9` was one of them.
      const seen = line.depth || !line.result || end === undefined ? line.result : run.events[end].text;
      this.rows.push({ made, result, call: calls.get(line.line), end, text: seen });
      if (end !== undefined) {
        made.classList.add("x-reach");
        made.addEventListener("click", () => this.reach(end));
      }
    }
  }

  until(last) {
    for (const { made, result, call, end, text } of this.rows) {
      const begun = call === undefined || call <= last;
      const done = end !== undefined && end <= last;
      made.classList.toggle("later", !begun || (call === undefined && end === undefined && text !== null));
      const waits = begun && call !== undefined && !done;
      result.className = waits ? "x-result waits" : "x-result";
      if (waits) result.textContent = ` … ${this.say("waits")}`;
      else if (done && text !== null && text !== "") result.innerHTML = ` ${paint("->")} ${paint(text)}`;
      else result.textContent = "";
    }
  }
}

function row(text) {
  const made = element("div", "x-row");
  // A line that does not fit goes on a little further in.
  made.style.setProperty("--indent", `${/^ */.exec(text)[0].length}ch`);
  made.innerHTML = paint(text);
  return made;
}
