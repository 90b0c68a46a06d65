// Keeps the book for reading without a network, and says when a newer version
// of it is there. Loaded by pages of a published site only.

const says = document.querySelector("meta[name=sockets-offline]");
const { version, news, reload, close } = says.dataset;
const script = new URL(says.content, location.href);
const workers = navigator.serviceWorker;

function tell() {
  if (document.querySelector(".news")) return;
  const notice = document.createElement("aside");
  notice.className = "news";
  notice.dataset.testid = "news";
  notice.setAttribute("role", "status");
  document.body.append(notice);
  const text = document.createElement("p");
  text.textContent = news;
  const again = button(reload, () => location.reload());
  again.dataset.testid = "news-reload";
  const away = button("×", () => { notice.hidden = true; });
  away.setAttribute("aria-label", close);
  notice.append(text, again, away);
}

function button(text, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", does);
  return made;
}

// Who asks for less data is not given the whole book.
if (workers && !navigator.connection?.saveData) {
  workers.addEventListener("message", ({ data }) => { if (data === "newer") tell(); });
  workers.startMessages();
  try {
    const registered = workers.register(script, { scope: new URL(".", script), updateViaCache: "none" });
    // Not after it: while a newer version is fetched, a registration waits for the end of that.
    const said = workers.ready.then(({ active }) => active.postMessage({ version }));
    const [registration] = await Promise.all([registered, said]);
    // A page that stays open for days hears of a new version, too.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) registration.update().catch(() => {});
    });
  } catch { /* Not here, or not now: the book is read online, as before. */ }
}
