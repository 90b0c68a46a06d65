// A packet, opened: its headers one at a time, named fields and the bytes they are.

import { SIGNS, element, button, milliseconds } from "./experiment-parts.js";

// What opens first: what the sockets speak, and not what carries it.
const SPOKEN = /^(TCP|UDP|ICMP(v6)?)$/;
let copies = 0;

export class PacketView {
  // `closed` is called after the reader has closed it.
  constructor(say, network, closed) {
    Object.assign(this, { say, network, closed });
    this.element = element("div", "x-packet");
    this.element.dataset.testid = "packet-detail";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", say("packet.title"));
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.leave();
    });
    copies += 1;
    this.id = `packet-${copies}`;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  close() {
    this.element.hidden = true;
    this.layer = null;
  }

  leave() {
    this.close();
    this.closed();
  }

  // Opens the packet of an event; `silent` leaves focus and place as they are.
  async show(event, silent) {
    const { say } = this;
    const layers = await this.network.dissect(event.bytes);
    if (!Array.isArray(layers) || !layers.length) return;
    const title = element("div", "x-packet-title");
    const way = event.from === undefined ? event.host : `${event.from} → ${event.to}`;
    const words = element("p");
    words.append(element("b", "", way), ` ${event.packet} `, element("span", "fine", milliseconds(event.at)));
    title.append(words, button(SIGNS.close, say("packet.close"), () => this.leave()));

    const tabs = element("div", "x-layers");
    tabs.setAttribute("role", "tablist");
    tabs.setAttribute("aria-label", say("packet.layers"));
    tabs.lang = "en";
    this.tabs = layers.map(({ layer, from, to }, at) => {
      const tab = button("", "", () => this.choose(at), `${layer} · ${to - from} B`);
      tab.className = "x-layer-tab";
      tab.setAttribute("role", "tab");
      tab.dataset.layer = layer;
      tab.id = `${this.id}-tab-${at}`;
      tab.setAttribute("aria-controls", `${this.id}-panel`);
      tabs.append(tab);
      return tab;
    });
    tabs.addEventListener("keydown", (press) => this.turn(press));
    this.layers = layers;
    this.panel = element("div", "x-layer-panel");
    this.panel.id = `${this.id}-panel`;
    this.panel.setAttribute("role", "tabpanel");

    const bytes = event.bytes.match(/../g) ?? [];
    const hex = element("div", "x-hex");
    hex.tabIndex = 0;
    hex.setAttribute("role", "group");
    hex.setAttribute("aria-label", say("packet.bytes", { n: bytes.length }));
    // A jumbo datagram has more bytes than anyone reads.
    const shown = bytes.slice(0, 512);
    this.cells = shown.map((byte, at) => {
      const cell = element("span", "x-byte", byte);
      cell.addEventListener("mouseenter", () => this.light(this.fieldOf(at)));
      cell.addEventListener("click", () => this.reach(at));
      return cell;
    });
    for (let at = 0; at < shown.length; at += 8) {
      const line = element("div", "x-hex-line");
      line.append(element("span", "x-offset", String(at)), ...this.cells.slice(at, at + 8));
      hex.append(line);
    }
    if (shown.length < bytes.length) hex.append(element("p", "fine", say("packet.more", { n: bytes.length - shown.length })));
    this.said = element("p", "x-field-said");
    this.said.setAttribute("aria-live", "polite");
    const both = element("div", "x-both");
    both.append(this.panel, hex);
    // The keys are where they were when a step brings another packet.
    const inside = this.element.contains(document.activeElement);
    this.element.replaceChildren(title, tabs, this.said, both);
    this.element.hidden = false;
    const kept = layers.findIndex(({ layer }) => layer === this.layer);
    const spoken = layers.findIndex(({ layer }) => SPOKEN.test(layer));
    this.choose(kept >= 0 ? kept : Math.max(0, spoken), true);
    if (!silent || inside) this.options[0]?.option.focus({ preventScroll: true });
  }

  // Shows the header or the data at `chosen`.
  choose(chosen, opening) {
    const { say } = this;
    const { layer, from, to, fields } = this.layers[chosen];
    this.chosen = chosen;
    if (!opening) this.layer = layer;
    this.tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
    });
    this.panel.setAttribute("aria-labelledby", this.tabs[chosen].id);
    const list = element("div", "x-fields");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", say("packet.fields", { layer }));
    const family = layer.replace(/ \(quoted\)$/, "").toLowerCase().replace(/ .*/, "");
    this.options = fields.map((field, at) => {
      const option = element("div", field.bits && field.value === "0" ? "x-field x-unset" : "x-field");
      option.setAttribute("role", "option");
      option.tabIndex = -1;
      option.dataset.field = field.name;
      const name = element("span", "x-field-name", field.name);
      const value = element("span", "x-value", field.value);
      name.lang = "en";
      value.lang = "en";
      option.append(name, " ", value);
      const meaning = `field.${family}.${field.name.toLowerCase().replaceAll(" ", "-")}`;
      if (say.has(meaning)) option.append(" ", element("span", "x-meaning", say(meaning)));
      option.addEventListener("mouseenter", () => this.light(at));
      option.addEventListener("focus", () => this.light(at));
      option.addEventListener("click", () => option.focus());
      list.append(option);
      return { option, ...field };
    });
    if (this.options.length) this.options[0].option.tabIndex = 0;
    list.addEventListener("keydown", (event) => this.key(event));
    this.panel.replaceChildren(list);
    this.cells.forEach((cell, at) => {
      cell.classList.toggle("inside", from <= at && at < to);
      cell.classList.remove("lit");
    });
    this.said.textContent = say("packet.layer", { layer, from, to: to - 1 });
  }

  turn(event) {
    const last = this.tabs.length - 1;
    const to = { ArrowRight: this.chosen + 1, ArrowLeft: this.chosen - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose((to + this.tabs.length) % this.tabs.length);
    this.tabs[this.chosen].focus();
  }

  // Opens the layer that a byte is part of, and its field.
  reach(at) {
    const layer = this.layers.findIndex(({ from, to }) => from <= at && at < to);
    if (layer >= 0 && layer !== this.chosen) this.choose(layer);
    this.options[this.fieldOf(at)]?.option.focus({ preventScroll: true });
  }

  // The narrowest field of what is shown that holds a byte.
  fieldOf(at) {
    let best = -1;
    this.options.forEach(({ from, to }, index) => {
      const width = to - from;
      if (from <= at && at < to && (best < 0 || width < this.options[best].to - this.options[best].from)) best = index;
    });
    return best;
  }

  light(chosen) {
    const field = this.options[chosen];
    if (!field) return;
    this.options.forEach(({ option }, at) => {
      option.setAttribute("aria-selected", String(at === chosen));
      option.tabIndex = at === chosen ? 0 : -1;
    });
    this.cells.forEach((cell, at) => cell.classList.toggle("lit", field.from <= at && at < field.to));
    const lit = this.cells.slice(field.from, Math.min(field.to, field.from + 8)).map((cell) => cell.textContent).join(" ");
    const values = { name: field.name, from: field.from, to: field.to - 1, bits: field.bits ?? "", hex: lit };
    this.said.textContent = this.say(field.to - field.from === 1 ? "packet.byte" : "packet.range", values);
  }

  key(event) {
    const at = this.options.findIndex(({ option }) => option === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.options.length - 1 }[event.key];
    if (at < 0 || to === undefined || !this.options[to]) return;
    event.preventDefault();
    this.options[to].option.focus();
  }
}
