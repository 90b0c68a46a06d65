// The network, in a worker: a script that never ends cannot freeze the page.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let network;
// What the network has in its memory: script and seed of the last run.
let played = "";

async function load() {
  if (network) return;
  const response = await fetch(new URL("./netlab.wasm", import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  // Not streaming: some servers do not know the type of the file.
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {});
  network = instance.exports;
  played = "";
}

// Gives bytes to the network; false if they are more than it takes.
function give(bytes) {
  const at = network.reserve(bytes.length);
  if (!at) return false;
  // Every call may have moved the memory: always a new view of it.
  new Uint8Array(network.memory.buffer, at, bytes.length).set(bytes);
  return true;
}

const bytesOf = (length) => new Uint8Array(network.memory.buffer, network.result(), length).slice();
const jsonOf = (length) => JSON.parse(decoder.decode(bytesOf(length)));

function play(script, seed, words = "") {
  const [text, figure] = [encoder.encode(script), encoder.encode(words)];
  const both = new Uint8Array(text.length + figure.length);
  both.set(text);
  both.set(figure, text.length);
  // No script is that long: the network would say the same.
  if (!give(both)) return { ok: false, line: 1, column: 1, expected: "lines", found: "" };
  played = "";
  const run = jsonOf(network.play(text.length, figure.length, seed));
  played = `${seed}\n${script}`;
  return run;
}

const answers = {
  play: ({ script, seed, words }) => play(script, seed, words),
  sockets({ script, seed, n }) {
    if (played !== `${seed}\n${script}`) play(script, seed);
    return jsonOf(network.sockets(n));
  },
  dissect({ bytes }) {
    const packet = Uint8Array.from(bytes.match(/../g) ?? [], (byte) => parseInt(byte, 16));
    return give(packet) ? jsonOf(network.dissect()) : [];
  },
  pcap({ script, seed }) {
    if (played !== `${seed}\n${script}`) play(script, seed);
    return bytesOf(network.pcap());
  },
};

self.onmessage = async ({ data }) => {
  try {
    await load();
  } catch (error) {
    console.error(error);
    self.postMessage({ stopped: "load" });
    return;
  }
  try {
    self.postMessage(answers[data.ask](data));
  } catch (error) {
    // A trap: what is left of the network is not used again.
    console.error(error);
    network = undefined;
    self.postMessage({ stopped: "trap" });
  }
};
