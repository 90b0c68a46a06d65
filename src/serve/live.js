// What only the local server adds to a page: news of the book, labs that run.

const korean = document.documentElement.lang === "ko";
const words = korean
  ? { broken: "고칠 곳이 있습니다. 마지막으로 성공한 판을 보고 있습니다.", lost: "서버가 멈췄습니다. 터미널에서 cargo run을 다시 실행하세요." }
  : { broken: "Something has to be mended. This is the last good version.", lost: "The server has stopped. Start it again with cargo run." };

const notice = document.createElement("aside");
notice.className = "live-notice";
notice.setAttribute("role", "status");
notice.hidden = true;
document.body.append(notice);

function show(title, lines) {
  notice.replaceChildren();
  const head = document.createElement("p");
  head.textContent = title;
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    list.append(item);
  }
  notice.append(head, list);
  notice.hidden = false;
}

let session = null;
let broken = false;
const source = new EventSource("/_live/news");
source.addEventListener("hello", (event) => {
  if (session !== null && session !== event.data) location.reload();
  session = event.data;
  if (!broken) notice.hidden = true;
});
source.addEventListener("news", (event) => {
  const news = JSON.parse(event.data);
  if (news.kind === "built") location.reload();
  if (news.kind === "broken") {
    broken = true;
    const place = (fault) => (fault.line ? `${fault.file}:${fault.line}` : fault.file);
    show(words.broken, news.faults.map((fault) => `${place(fault)}: ${fault.message}`));
  }
});
source.addEventListener("error", () => { if (!broken) show(words.lost, []); });
