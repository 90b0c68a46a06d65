// Elements that several parts of an experiment are made of.

// Signs of buttons, as paths in a square of 24.
export const SIGNS = {
  first: "M6 5v14M19 5l-10 7 10 7z",
  back: "M16 5l-10 7 10 7z",
  next: "M8 5l10 7-10 7z",
  last: "M18 5v14M5 5l10 7-10 7z",
  close: "M6 6l12 12M18 6L6 18",
};

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// A button with a sign and a name for those who do not see it, or with words.
export function button(sign, name, click, words = "") {
  const made = element("button", words ? "x-button" : "x-button x-sign", words);
  if (!words && sign) made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${sign}"/></svg>`;
  made.type = "button";
  if (!words) {
    made.setAttribute("aria-label", name);
    made.title = name;
  }
  made.addEventListener("click", click);
  return made;
}

export function fold(title, content, opened, open = false) {
  const details = element("details", "x-part");
  details.append(element("summary", "", title), content);
  details.open = open;
  if (opened) details.addEventListener("toggle", () => { if (details.open) opened(); });
  return details;
}

export function milliseconds(micros) {
  const ms = micros / 1000;
  return `${ms >= 100 || Number.isInteger(ms) ? Math.round(ms) : ms.toFixed(1)} ms`;
}

// A number as people of the page's language write it: 20,000.
export function amount(number) {
  return typeof number === "number" ? number.toLocaleString(document.documentElement.lang || "en") : number;
}
