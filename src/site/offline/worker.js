// Keeps one whole version of the book in the browser. `sockets build` puts the
// name and the files of the version in front of this.
//
// A page and everything it loads come from the same version: which one a page
// has is written down when it is opened, and a version is kept until the last
// of its pages is gone.

const SCOPE = self.registration.scope;
// Other sites of the same host have caches, too.
const OURS = `sockets ${SCOPE} `;
const CACHE = OURS + VERSION;
const PAGES = `${OURS}pages`;
const AT_ONCE = 6;
// A page that is being opened is not among the open ones yet.
const OPENING = 60_000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

// All or nothing: one file that is missing or of another version, and the
// version before goes on.
async function install() {
  const known = await caches.has(CACHE);
  try {
    const cache = await caches.open(CACHE);
    const files = Object.entries(FILES);
    const fetchSome = async () => {
      for (let next = files.pop(); next; next = files.pop()) await keep(cache, ...next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, fetchSome));
  } catch (error) {
    if (!known) await caches.delete(CACHE);
    throw error;
  }
  // Nobody has to wait: open pages stay with the version they have.
  await self.skipWaiting();
}

async function keep(cache, path, hash) {
  const address = new URL(path, SCOPE).href;
  const answer = await fetch(address, { cache: "no-cache" });
  const body = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body)).slice(0, 16);
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!answer.ok || found !== hash) throw new Error(`${path} is not of this version`);
  const type = answer.headers.get("content-type") ?? "application/octet-stream";
  // A new answer: one that came by a redirect is not allowed for a page.
  await cache.put(address, new Response(body, { headers: { "content-type": type } }));
}

async function activate() {
  await tidy();
  for (const page of await self.clients.matchAll({ includeUncontrolled: true })) await greet(page);
}

// Tells a page that was opened from an earlier version.
async function greet(page) {
  const version = await versionOf(page.id);
  if (version && version !== VERSION) page.postMessage("newer");
}

// Forgets pages that are gone, and then versions without a page.
async function tidy() {
  const pages = await caches.open(PAGES);
  const used = new Set([CACHE, PAGES]);
  for (const key of await pages.keys()) {
    const { version, since } = await (await pages.match(key)).json();
    const id = new URL(key.url).searchParams.get("page");
    if (since + OPENING > Date.now() || (await self.clients.get(id))) used.add(OURS + version);
    else await pages.delete(key);
  }
  for (const name of await caches.keys()) {
    if (name.startsWith(OURS) && !used.has(name)) await caches.delete(name);
  }
}

const note = (id) => `${SCOPE}?page=${id}`;
const versions = new Map();

async function remember(id, version) {
  versions.set(id, version);
  const record = new Response(JSON.stringify({ version, since: Date.now() }));
  await (await caches.open(PAGES)).put(note(id), record);
}

async function versionOf(id) {
  if (!id) return undefined;
  if (!versions.has(id)) {
    const record = await (await caches.open(PAGES)).match(note(id));
    if (record) versions.set(id, (await record.json()).version);
  }
  return versions.get(id);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return;
  event.respondWith(request.mode === "navigate" ? page(event) : part(event));
});

// A page: the newest version that is whole.
async function page(event) {
  const { pathname } = new URL(event.request.url);
  const cache = await caches.open(CACHE);
  const names = pathname.endsWith("/") ? [`${pathname}index.html`] : [pathname, `${pathname}.html`];
  for (const name of names) {
    const found = await cache.match(new URL(name, SCOPE).href);
    if (!found) continue;
    if (event.resultingClientId) await remember(event.resultingClientId, VERSION);
    event.waitUntil(tidy());
    return found;
  }
  return fetch(event.request);
}

// A part of a page: from the version of the page. A page that came over the
// network goes on there, but for files that name their version.
async function part(event) {
  const { request } = event;
  const url = new URL(request.url);
  const stamped = url.search === `?${STAMP}`;
  const version = (await versionOf(event.clientId)) ?? (stamped ? VERSION : undefined);
  if (!version) return fetch(request);
  if (!(await caches.has(OURS + version))) return Response.error();
  // The page's own workers load for it.
  if (event.resultingClientId) await remember(event.resultingClientId, version);
  url.search = "";
  return (await (await caches.open(OURS + version)).match(url.href)) ?? fetch(request);
}

// A page that was loaded over the network says which version it has. If that
// is ours, it is looked after from now on.
self.addEventListener("message", (event) => {
  const { data, source } = event;
  const welcome = async () => {
    if (data.version === VERSION && !(await versionOf(source.id))) {
      await remember(source.id, VERSION);
      await self.clients.claim();
    }
    await greet(source);
  };
  event.waitUntil(welcome());
});
