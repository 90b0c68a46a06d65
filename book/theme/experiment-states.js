// The state of each TCP end, on the diagram of RFC 9293, Figure 5.

import { element } from "./experiment-parts.js";

let diagram;
let copies = 0;

export class States {
  constructor(say) {
    this.say = say;
    this.element = element("div", "x-states");
    this.ends = element("div", "x-ends");
    this.ends.setAttribute("role", "group");
    this.ends.setAttribute("aria-label", say("states.ends"));
    this.picture = element("div", "x-picture");
    this.element.append(this.ends, this.picture);
  }

  show(run) {
    this.changes = run.events.flatMap((event, index) => (event.event === "state" ? [{ index, ...event }] : []));
    this.chosen = null;
  }

  async until(last) {
    const ends = new Map();
    for (const { index, host, local, remote, from, to } of this.changes) {
      if (index > last) break;
      const key = `${host} ${local} ${remote}`;
      const end = ends.get(key) ?? { host, local, remote, path: [from] };
      end.path.push(to);
      ends.set(key, end);
    }
    const keys = [...ends.keys()];
    if (!keys.includes(this.chosen)) this.chosen = keys[0] ?? null;
    this.ends.replaceChildren(...keys.map((key) => {
      const { host, local, remote, path } = ends.get(key);
      const label = element("label");
      const radio = element("input");
      Object.assign(radio, { type: "radio", name: "end", checked: key === this.chosen });
      radio.addEventListener("change", () => { this.chosen = key; this.colour(ends); });
      const text = element("span");
      text.append(`${host} ${local}${remote ? ` ↔ ${remote}` : ""} `, element("b", "", path.at(-1)));
      label.append(radio, text);
      return label;
    }));
    if (!keys.length) this.ends.append(element("p", "fine", this.say("states.none")));
    await this.draw();
    this.colour(ends);
  }

  async draw() {
    if (this.picture.firstChild) return;
    diagram ??= fetch(new URL(document.documentElement.lang === "ko" ? "./tcp-states.ko.svg" : "./tcp-states.en.svg", import.meta.url))
      .then((response) => (response.ok ? response.text() : ""));
    // An id belongs to one copy only; the page may have several.
    copies += 1;
    this.picture.innerHTML = (await diagram).replaceAll("tcp-states-title", `tcp-states-${copies}`);
  }

  // The state that it is in, and the way that led there.
  colour(ends) {
    const path = ends.get(this.chosen)?.path ?? [];
    // CLOSED stands twice: where a connection begins, and where it ends.
    const seen = new Set();
    for (const state of this.picture.querySelectorAll("[data-state]")) {
      const { state: name } = state.dataset;
      const end = seen.has(name);
      seen.add(name);
      const is = path.at(-1) === name && (name !== "CLOSED" || end);
      state.classList.toggle("now", is);
      state.classList.toggle("was", !is && !end && path.slice(0, -1).includes(name));
    }
    for (const edge of this.picture.querySelectorAll("[data-from]")) {
      const { from, to } = edge.dataset;
      edge.classList.toggle("was", path.some((state, at) => state === from && path[at + 1] === to));
    }
  }
}
