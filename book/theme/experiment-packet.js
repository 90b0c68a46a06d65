// A packet, opened: named fields and the bytes they are.

import { SIGNS, element, button, milliseconds } from "./experiment-parts.js";

export class PacketView {
  constructor(say, network) {
    Object.assign(this, { say, network });
    this.element = element("div", "x-packet");
    this.element.dataset.testid = "packet-detail";
    this.element.hidden = true;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  close() {
    this.element.hidden = true;
  }

  // Opens the packet of an event.
  async show(event, silent) {
    const { say } = this;
    const layers = await this.network.dissect(event.bytes);
    if (!Array.isArray(layers)) return;
    const title = element("p", "x-packet-title");
    const way = event.from === undefined ? event.host : `${event.from} → ${event.to}`;
    title.append(element("b", "", way), ` ${event.packet} `, element("span", "fine", milliseconds(event.at)));
    const shut = button(SIGNS.close, say("packet.close"), () => this.close());
    title.append(shut);

    const fields = element("div", "x-fields");
    fields.setAttribute("role", "listbox");
    fields.setAttribute("aria-label", say("packet.fields"));
    fields.lang = "en";
    this.options = [];
    for (const { layer, from, to, fields: inside } of layers) {
      const group = element("div", "x-layer");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", layer);
      const name = element("p", "", `${layer} · ${to - from} B`);
      name.setAttribute("aria-hidden", "true");
      group.append(name);
      for (const field of inside) {
        const option = element("div", "x-field");
        option.setAttribute("role", "option");
        option.tabIndex = -1;
        option.append(element("span", "x-field-name", field.name), " ", element("span", "x-value", field.value));
        const at = this.options.length;
        option.addEventListener("mouseenter", () => this.light(at));
        option.addEventListener("focus", () => this.light(at));
        option.addEventListener("click", () => option.focus());
        this.options.push({ option, ...field });
        group.append(option);
      }
      fields.append(group);
    }
    fields.addEventListener("keydown", (event) => this.key(event));

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
    both.append(fields, hex);
    this.element.replaceChildren(title, both, this.said);
    this.element.hidden = false;
    if (this.options.length) this.options[0].option.tabIndex = 0;
    if (!silent) {
      this.element.scrollIntoView({ block: "nearest" });
      this.options[0]?.option.focus({ preventScroll: true });
    }
  }

  // The narrowest field that holds a byte.
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
    this.options.forEach(({ option }, at) => {
      option.setAttribute("aria-selected", String(at === chosen));
      if (field) option.tabIndex = at === chosen ? 0 : -1;
    });
    this.cells.forEach((cell, at) => cell.classList.toggle("lit", Boolean(field) && field.from <= at && at < field.to));
    if (!field) return;
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
