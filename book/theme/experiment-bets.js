// Bets on the results of a script, before it runs.

import { arrow, paint } from "./experiment-editor.js";

// Answers that a reader may choose from instead of typing.
const USUAL = ["0", "1", "EADDRINUSE", "EAGAIN", "ECONNREFUSED", "ECONNRESET", "EINVAL", "EISCONN", "EMSGSIZE", "ENOTCONN",
  "EPIPE", "EPROTONOSUPPORT", "ETIMEDOUT"];

// What people call a result who do not know its name yet, as `plain` leaves it.
const ALSO = {
  0: ["ok", "success", "eof", "end", "성공", "끝"],
  econnrefused: ["refused", "connection refused", "거절", "거절됨"],
  econnreset: ["reset", "connection reset", "connection reset by peer", "리셋"],
  epipe: ["broken pipe"],
  eaddrinuse: ["address in use", "address already in use", "in use"],
  eagain: ["ewouldblock", "would block"],
};

const plain = (text) => text.trim().replace(/\s+/g, " ").replace(/^-1\s*,?\s*(?=[A-Z])/i, "")
  .replace(/[“”]/g, '"').replace(/^(\d+) ?(bytes?|바이트|개)$/i, "$1").toLowerCase();

// The bytes that data stand for, however they are written: "\0\x05", hex(00 05).
// Large letters count as small ones, as everywhere in a bet.
const NAMED = { 0: 0, n: 10, r: 13, t: 9 };
function octets(data) {
  const code = ([all, byte, name]) => (byte ? parseInt(byte, 16) : NAMED[name] ?? (name ?? all));
  const bytes = (is) => (typeof is === "number" ? [is] : [...new TextEncoder().encode(is)]);
  const text = /^"(.*)"$/s.exec(data)?.[1];
  const hex = /^hex\(([\da-f\s]*)\)$/.exec(data)?.[1].replace(/\s*([\da-f]{2})/g, "\\x$1");
  const found = (text ?? hex)?.matchAll(/\\x([\da-f]{2})|\\(.)|./gsu);
  return found && [...found].flatMap((one) => bytes(code(one))).map((byte) => (byte > 64 && byte < 91 ? byte + 32 : byte)).join();
}

// Whether a bet says what the script says. A number alone is enough where data
// follow, and so are the data alone.
export function fits(bet, result) {
  const [said, is] = [plain(bet), plain(result)];
  if (!said) return false;
  if (said === is) return true;
  if (ALSO[is]?.includes(said)) return true;
  // A count is a success, too.
  if (/^\d+$/.test(is) && ["ok", "success", "성공"].includes(said)) return true;
  // Where systems differ, any number of the range is right.
  const range = /^(\d+)\.\.(\d+)$/.exec(is);
  if (range) {
    const number = Number(said.replace(/[,_ ]/g, ""));
    return number >= Number(range[1]) && number <= Number(range[2]);
  }
  const parts = /^(\S+?)??\s*("(?:[^"\\]|\\.)*"|bytes\(\d+\)|hex\([^)]*\))?\s*(from \S+)?$/.exec(is);
  if (parts && (parts[2] || parts[3])) {
    const [, number, data, from] = parts;
    if (number !== undefined && said === number) return true;
    // "bytes" tells them from an end and from an error, which is often the question.
    if (data && ["bytes", "data", "바이트", "데이터"].includes(said)) return true;
    if (data && (said === data || said === data.slice(1, -1) || said === `${number ?? ""} ${data}`.trim()
      || said === `${number ?? ""} ${data.slice(1, -1)}`.trim())) return true;
    const written = /(?:"|hex\().*$/s.exec(said)?.[0];
    if (data && written && octets(written) === octets(data) && [`${number}`, ""].includes(said.slice(0, -written.length).trim())) return true;
    return Boolean(from) && (said === from || said === from.slice(5));
  }
  // The port of an address: the question is often that.
  if (/^\S+:\d+$/.test(is) && said.replace(/^:/, "") === is.split(":").pop()) return true;
  // Events of poll, in any order, with or without the name before them.
  const events = (text) => (text.split(" ").pop() ?? "").split("|").sort().join("|");
  return is.includes("poll") && events(said) === events(is);
}

// A box is as wide as what is typed. Where the style sheet alone cannot do that
// (Safari before 26.2), by counting; what is not of ASCII may be twice as wide.
const fit = (input) => {
  if (CSS.supports("field-sizing", "content")) return;
  input.size = Math.max(11, 1 + input.value.replace(/[^\0-\x7f]/g, "  ").length);
};

export class Bets {
  constructor(experiment, say, store) {
    this.say = say;
    this.experiment = experiment;
    this.store = store;
    this.form = document.createElement("div");
    this.form.className = "x-editor x-bets";
    const list = document.createElement("datalist");
    list.id = `${experiment.id()}-usual`;
    list.innerHTML = USUAL.map((word) => `<option value="${word}">`).join("");
    const code = document.createElement("div");
    code.className = "x-code x-paint";
    const asked = new Set(experiment.section.dataset.asked.split(" ").filter(Boolean).map(Number));
    const kept = this.kept();
    this.bets = [];
    let program = "";
    experiment.source.trimEnd().split("\n").forEach((line, index) => {
      program = /^(\S[^#]*):\s*$/.exec(line)?.[1] ?? program;
      // What a declared difference says would give the result away.
      if (/^\s*on sim\b/.test(line)) return;
      const row = document.createElement("span");
      row.className = "x-line";
      row.style.counterSet = `line ${index + 1}`;
      row.style.setProperty("--indent", `${/^ */.exec(line)[0].length}ch`);
      const at = asked.has(index + 1) ? arrow(line) : -1;
      if (at < 0) {
        row.innerHTML = paint(line);
      } else {
        const head = line.slice(0, at).trimEnd();
        row.innerHTML = `${paint(head)} ${paint("->")} <input class="x-bet" size="11" autocomplete="off" autocapitalize="off" `
          + `spellcheck="false"><span class="x-mark"></span>`;
        const [input, mark] = row.querySelectorAll(".x-bet, .x-mark");
        input.setAttribute("list", list.id);
        input.setAttribute("aria-label", say("label", { program, call: head.trim() }));
        input.value = kept[index + 1] ?? "";
        fit(input);
        input.addEventListener("input", () => { fit(input); this.keep(); });
        input.addEventListener("keydown", (event) => { if (event.key === "Enter") this.next(input); });
        this.bets.push({ line: index + 1, input, mark, result: line.slice(at + 2).replace(/\s+#.*$/, "").trim() });
      }
      code.append(row);
    });
    const how = document.createElement("p");
    how.className = "x-how";
    how.textContent = say("how");
    this.form.append(code, list, how);
    experiment.pre.before(this.form);
    experiment.buttons.skip.hidden = false;
  }

  kept() {
    try { return JSON.parse(this.store.get(this.experiment.key)) ?? {}; } catch { return {}; }
  }

  keep() {
    const bets = Object.fromEntries(this.bets.map(({ line, input }) => [line, input.value]));
    this.store.set(this.experiment.key, JSON.stringify(bets));
  }

  next(input) {
    const open = this.bets.find((bet) => bet.input !== input && !bet.input.value.trim());
    if (open) open.input.focus();
    else this.experiment.run();
  }

  // Compares bets and results; false if a bet is missing.
  judge() {
    const { say, experiment } = this;
    const missing = this.bets.filter(({ input }) => !input.value.trim());
    if (missing.length && !this.given) {
      experiment.status.textContent = say("missing", { n: missing.length });
      missing[0].input.focus();
      return false;
    }
    let right = 0;
    for (const { line, input, mark, result } of this.bets) {
      const bet = input.value.trim();
      const good = fits(bet, result);
      right += Number(good);
      input.readOnly = true;
      input.hidden = !bet;
      mark.className = `x-mark ${good ? "good" : bet ? "bad" : "open"}`;
      mark.innerHTML = "";
      const word = document.createElement("b");
      word.textContent = good ? `✓ ${say("right")}` : bet ? `✗ ${say("wrong")}` : "";
      mark.append(word);
      if (plain(bet) !== plain(result)) {
        const is = document.createElement("code");
        is.innerHTML = paint(result);
        is.dataset.line = line;
        mark.append(bet ? ` ${say("is")} ` : "", is);
      }
    }
    // Who did not bet has neither won nor lost.
    const betted = this.bets.some(({ input }) => input.value.trim());
    this.result = betted ? { right, of: this.bets.length } : null;
    this.score = betted ? say("score", { right, all: this.bets.length }) : "";
    return true;
  }

  // Where the script allows several results, says which of them it was.
  observe(run) {
    for (const is of this.form.querySelectorAll("[data-line]")) {
      const { line } = is.dataset;
      const seen = run.events?.find((event) => event.event === "result" && String(event.line) === line);
      if (seen && /\.\.|\*/.test(is.textContent)) is.innerHTML = paint(seen.text);
    }
  }

  // The reader wants to see the results without betting.
  give() {
    this.given = true;
  }

  close() {
    this.form.remove();
  }
}
