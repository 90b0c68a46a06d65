// The page's side of the worker in which the network runs: one request at a
// time, each with an end.

// Longer than any run takes that the network does not end itself.
const LIMIT = 10_000;

export class Network {
  constructor(say) {
    this.words = ["title", "desc", "lost", "dropped", "full", "unreachable", "expired", "waits", "again", "hidden"]
      .map((name) => `${name}=${say(`figure.${name}`)}`).join("\n");
    this.queue = Promise.resolve();
    this.pending = null;
  }

  // Plays a script: the run, or `{ stopped: "reader" | "limit" | "trap" | "load" }`.
  async play(script, seed, prefix) {
    return this.ask({ ask: "play", script, seed, words: `prefix=${prefix}\n${this.words}` });
  }

  // The sockets after event `n` of that run.
  async sockets(script, seed, n) {
    return this.ask({ ask: "sockets", script, seed, n });
  }

  // The fields of a packet, as hexadecimal text.
  async dissect(bytes) {
    return this.ask({ ask: "dissect", bytes });
  }

  // The capture file of that run.
  async pcap(script, seed) {
    return this.ask({ ask: "pcap", script, seed });
  }

  // Ends what is running.
  stop(why) {
    this.worker?.terminate();
    this.worker = null;
    this.pending?.({ stopped: why });
  }

  ask(request) {
    const answer = this.queue.then(() => this.send(request));
    this.queue = answer.catch(() => {});
    return answer;
  }

  send(request) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.stop("limit"), LIMIT);
      this.pending = (answer) => {
        clearTimeout(timer);
        this.pending = null;
        resolve(answer);
      };
      this.worker ??= this.start();
      this.worker.postMessage(request);
    });
  }

  start() {
    const worker = new Worker(new URL("./experiment-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => this.pending?.(data);
    // The worker or the network could not be loaded.
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.stop("load");
    };
    return worker;
  }
}
