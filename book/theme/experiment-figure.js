// The sequence diagram, shown up to one event.

import { element } from "./experiment-parts.js";

export class Figure {
  constructor(say, choose) {
    this.element = element("div", "x-figure");
    this.element.dataset.testid = "packets";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", say("figure.label"));
    const pick = (event) => {
      const packet = event.target.closest?.("[data-packet]");
      if (!packet || !this.element.contains(packet)) return false;
      choose(Number(packet.dataset.packet));
      return true;
    };
    this.element.addEventListener("click", pick);
    this.element.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && event.target !== this.element && pick(event)) event.preventDefault();
    });
  }

  show(run) {
    this.element.innerHTML = run.svg;
    this.groups = [...this.element.querySelectorAll("[data-event]")].map((group) => [Number(group.dataset.event), group]);
    this.events = [...new Set(this.groups.map(([event]) => event))].sort((a, b) => a - b);
    // One stop of the tab key is the figure; Enter opens the packet of a step.
    for (const [, group] of this.groups) if (group.dataset.packet) group.tabIndex = -1;
  }

  // Hides what comes after event `last` and points at `now`.
  until(last, now) {
    let here = null;
    for (const [event, group] of this.groups) {
      group.classList.toggle("later", event > last);
      const is = event === now;
      group.classList.toggle("here", is);
      if (is) here ??= group;
    }
    if (!here) return;
    this.point(here);
    this.bring(here);
  }

  // Scrolls the figure, and not the page, to one of its rows.
  bring(group) {
    const box = this.element.getBoundingClientRect();
    const row = group.getBoundingClientRect();
    if (row.top < box.top + 40) this.element.scrollTop += row.top - box.top - 40;
    else if (row.bottom > box.bottom - 40) this.element.scrollTop += row.bottom - box.bottom + 40;
  }

  // Brings the packet that is open into sight, or else the step.
  reveal() {
    const group = this.element.querySelector(".chosen") ?? this.element.querySelector(".here");
    if (group) this.bring(group);
  }

  // Puts a bar behind the row of an event.
  point(group) {
    const svg = this.element.querySelector("svg");
    if (!this.bar || this.bar.ownerSVGElement !== svg) {
      this.bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      this.bar.setAttribute("class", "now-row");
      svg.insertBefore(this.bar, svg.querySelector("g"));
    }
    const row = (group.querySelector("text") ?? group).getBBox();
    const { width } = svg.viewBox.baseVal;
    for (const [name, value] of Object.entries({ x: 0, y: row.y - 2, width, height: row.height + 4, rx: 6 })) this.bar.setAttribute(name, value);
  }

  // The packet that an event is about, or null.
  packetOf(event) {
    const found = this.groups.find(([one, group]) => one === event && group.dataset.packet);
    return found ? Number(found[1].dataset.packet) : null;
  }

  choose(packet) {
    for (const [, group] of this.groups ?? []) group.classList.toggle("chosen", Number(group.dataset.packet ?? -1) === packet);
  }
}
