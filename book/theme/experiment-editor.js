// A script that can be typed into: a text area over its own coloured copy.

const WORDS = new Set(("because count delay drop duplicate end every from host limit link loss on queue queued rate "
  + "reorder repeat router see wait").split(" "));
const TOKEN = /#.*|"(?:[^"\\]|\\.)*"?|->|\d[\w.:%]*|[\p{L}_][\p{L}\p{N}_-]*(?=(\()?)|./gu;

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);

// One line as HTML, coloured as `src/site/highlight.rs` colours it.
export function paint(line) {
  return line.replace(TOKEN, (token, call) => {
    const first = token[0];
    let kind = "";
    if (first === "#" ) kind = "c";
    else if (first === '"') kind = "s";
    else if (token === "->") kind = "k";
    else if (/\d/.test(first)) kind = "n";
    else if (/[\p{L}_]/u.test(first)) {
      if (call) kind = "f";
      else if (WORDS.has(token)) kind = "k";
      else if (token.length > 1 && !/\p{Ll}/u.test(token)) kind = "t";
    }
    return kind ? `<span class="${kind}">${escape(token)}</span>` : escape(token);
  });
}

// Where the arrow of a line is, or -1; not one inside of data.
export function arrow(line) {
  for (const match of line.matchAll(TOKEN)) {
    if (match[0] === "->") return match.index;
    if (match[0].startsWith("#")) return -1;
  }
  return -1;
}

// So many lines are coloured at once; what is pasted beyond that is coloured
// in pieces, while nobody waits for it.
const AT_ONCE = 300;
const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 30));

export class Editor {
  changed = () => {};

  constructor(label) {
    this.element = document.createElement("div");
    this.element.className = "x-editor";
    this.element.innerHTML = '<div class="x-code"><pre class="x-paint" aria-hidden="true"></pre><textarea class="x-text" '
      + 'wrap="off" spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off"></textarea></div>';
    [this.layer, this.area] = this.element.firstChild.children;
    this.area.setAttribute("aria-label", label);
    this.area.addEventListener("input", () => {
      this.marks = new Map();
      this.draw();
      this.changed();
    });
    this.marks = new Map();
    // What is drawn: each line, its element, those without colours, those with a mark.
    this.lines = [];
    this.spans = [];
    this.plain = new Set();
    this.marked = [];
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    this.area.value = text.replace(/\n+$/, "");
    this.marks = new Map();
    this.draw();
  }

  // Draws the lines that have changed.
  draw() {
    const lines = this.text.split("\n");
    const old = this.lines;
    const both = Math.min(lines.length, old.length);
    let head = 0;
    while (head < both && lines[head] === old[head]) head += 1;
    let tail = 0;
    while (tail < both - head && lines[lines.length - 1 - tail] === old[old.length - 1 - tail]) tail += 1;
    const end = lines.length - tail;
    const made = lines.slice(head, end).map((line, at) => {
      const span = document.createElement("span");
      span.className = "x-line";
      if (at < AT_ONCE) span.innerHTML = paint(line);
      else this.plain.add(Object.assign(span, { textContent: line }));
      return span;
    });
    const gone = this.spans.splice(head, old.length - tail - head, ...made);
    for (const span of gone) {
      this.plain.delete(span);
      span.remove();
    }
    const next = this.spans[end] ?? null;
    const piece = document.createDocumentFragment();
    piece.append(...made);
    this.layer.insertBefore(piece, next);
    this.lines = lines;
    for (const span of this.marked) span.className = "x-line";
    this.marked = [...this.marks].flatMap(([line, mark]) => {
      const span = this.spans[line - 1];
      if (span) span.className = `x-line ${mark}`;
      return span ?? [];
    });
    if (this.plain.size) this.colour();
  }

  // Colours a piece of what is still plain.
  colour() {
    if (this.colouring) return;
    this.colouring = true;
    later(() => {
      this.colouring = false;
      let left = AT_ONCE;
      for (const span of this.plain) {
        this.plain.delete(span);
        span.innerHTML = paint(span.textContent);
        left -= 1;
        if (!left) break;
      }
      if (this.plain.size) this.colour();
    });
  }

  // Marks lines `good`, `bad` or `now`: Map from line to class.
  mark(marks) {
    this.marks = marks;
    this.draw();
  }

  focus() {
    this.area.focus();
  }

  // Puts the cursor at a place, both from 1.
  goto(line, column) {
    const before = this.text.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const at = Math.min(before + column - 1, this.text.length);
    this.area.focus();
    this.area.setSelectionRange(at, at);
  }
}
