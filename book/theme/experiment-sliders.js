// Delay and loss of the script's own link: a slider writes into its line, and
// the script stays the only truth.

import { element } from "./experiment-parts.js";

const DELAYS = ["0ms", "1ms", "2ms", "5ms", "10ms", "20ms", "50ms", "100ms", "200ms", "500ms", "1s"];
const LOSSES = ["0%", "1%", "2%", "5%", "10%", "20%", "30%", "50%"];
const LINK = /^([ \t]*link[ \t]+\S+[ \t]+\S+)([^#\n]*)(.*)$/m;

const amount = (text) => {
  const number = parseFloat(text);
  if (text.endsWith("us")) return number / 1000;
  return /\ds$/.test(text) ? number * 1000 : number;
};

export class Sliders {
  constructor(say, experiment) {
    this.experiment = experiment;
    this.say = say;
    this.element = element("div", "x-sliders");
    this.knobs = [this.knob(say("slider.delay"), "delay", DELAYS), this.knob(say("slider.loss"), "loss", LOSSES)];
    this.read();
  }

  knob(name, word, usual) {
    const label = element("label");
    const range = element("input");
    Object.assign(range, { type: "range", min: 0, step: 1 });
    const value = element("output");
    label.append(element("span", "", name), range, value);
    // The output is said as the value, and is not a part of the name.
    value.setAttribute("aria-hidden", "true");
    this.element.append(label);
    range.dataset.testid = `slider-${word}`;
    const knob = { word, usual, values: usual, range, value };
    range.addEventListener("input", () => this.write(knob));
    return knob;
  }

  // Sets the sliders as the script says.
  read() {
    const link = LINK.exec(this.experiment.text);
    this.element.hidden = !link || !this.experiment.editor;
    if (!link) return;
    const [, from, to] = /link[ \t]+(\S+)[ \t]+(\S+)/.exec(link[1]);
    for (const knob of this.knobs) {
      knob.range.setAttribute("aria-label", this.say(`slider.label-${knob.word}`, { from, to }));
      const here = new RegExp(`\\b${knob.word}\\s+(\\S+)`).exec(link[2])?.[1] ?? knob.usual[0];
      const known = knob.usual.findIndex((one) => amount(one) === amount(here));
      knob.values = known >= 0 ? knob.usual : [...knob.usual, here].sort((a, b) => amount(a) - amount(b));
      knob.range.max = knob.values.length - 1;
      knob.range.value = known >= 0 ? known : knob.values.indexOf(here);
      this.name(knob, here);
    }
  }

  name(knob, text) {
    knob.value.textContent = text;
    const unit = /[a-z%]+$/.exec(text)?.[0];
    const id = `slider.unit.${unit === "%" ? "percent" : unit}`;
    knob.range.setAttribute("aria-valuetext", this.say.has(id) ? this.say(id, { n: parseFloat(text) }) : text);
  }

  write(knob) {
    const chosen = knob.values[Number(knob.range.value)];
    const { editor } = this.experiment;
    const text = editor.text.replace(LINK, (line, start, spec, rest) => {
      const said = new RegExp(`\\s*\\b${knob.word}\\s+\\S+`);
      const none = knob.word === "loss" && chosen === "0%";
      let changed = spec.trimEnd();
      if (said.test(changed)) changed = changed.replace(said, none ? "" : ` ${knob.word} ${chosen}`);
      else if (!none) changed += ` ${knob.word} ${chosen}`;
      return start + changed + (rest ? `  ${rest}` : "");
    });
    editor.text = text;
    this.name(knob, chosen);
    this.experiment.changed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.experiment.run(), 120);
  }
}
