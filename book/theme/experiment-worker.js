// The network, in a worker: a script that never ends cannot freeze the page.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let instance;
// What the network has in its memory: script and seed.
let played = "";

async function network() {
  if (!instance) {
    const response = await fetch(new URL("./netlab.wasm", import.meta.url));
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    // Some servers do not know the type of the file.
    ({ instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {}));
    played = "";
  }
  return instance.exports;
}
