// Why a run did not come to its end: which program waits in which call, on
// which line, and for what.

// What ends the waiting of a call; the words are `wait-for.NAME`.
const FOR = { accept: "accept", connect: "connect", recv: "recv", read_exact: "recv", read_to_end: "eof", recvfrom: "recvfrom",
  send: "send", write_all: "send", sendto: "send", poll: "poll" };

export class Why {
  constructor(say, run) {
    Object.assign(this, { say, run });
    // Where each program is: the call it has begun and not ended, or its last.
    this.at = new Map(run.programs.map(({ name }) => [name, null]));
    for (const event of run.events) {
      if (event.event === "call") this.at.set(event.program, { line: event.line, text: event.text, waits: true });
      if (event.event === "result") this.at.set(event.program, { line: event.line, text: event.text, waits: false });
    }
  }

  waits(program) {
    return this.at.get(program)?.waits ? this.at.get(program) : null;
  }

  // What a program waits for, and what the others do instead of it.
  of(program, line) {
    const here = this.waits(program);
    if (!here || here.line !== line) return "";
    const { say } = this;
    const call = /(\w+)\(/.exec(here.text)?.[1];
    const name = FOR[call];
    const wait = /^wait\s+(\S+)(\s+.*)?$/.exec(here.text);
    let text = "";
    if (name) text = say(`wait-for.${name}`);
    else if (wait) text = say(this.at.has(wait[1]) && !wait[2] ? "wait-for.program" : "wait-for.state", { what: here.text.slice(5), program: wait[1] });
    return [text, ...this.rest(program)].filter(Boolean).join(" ");
  }

  // What each of the other programs is at.
  rest(program) {
    return [...this.at].filter(([name]) => name !== program).map(([name, place]) => {
      if (!place) return this.say("why.nothing", { program: name });
      if (place.waits) return this.say("why.waits", { program: name, line: place.line, call: place.text });
      return this.say("why.done", { program: name, line: place.line });
    });
  }

  // Programs that wait for ever, and that no failure names.
  others(failures) {
    if (this.run.end !== "blocked") return [];
    const named = new Set(failures.filter(({ got }) => got === null).map(({ program }) => program));
    return [...this.at].filter(([name, place]) => place?.waits && !named.has(name)).map(([name, place]) => ({
      line: place.line,
      text: `${this.say("why.line", { program: name, call: place.text })} ${this.of(name, place.line)}`,
    }));
  }

  // Where the programs were when the run was stopped.
  places() {
    return [...this.at].filter(([, place]) => place?.waits)
      .map(([name, place]) => ({ line: place.line, text: this.say("why.was", { program: name, call: place.text }) }));
  }
}
