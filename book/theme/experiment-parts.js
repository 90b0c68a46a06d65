// Elements that several parts of an experiment are made of.

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// A button with a sign and a name for those who do not see it, or with words.
export function button(sign, name, click, words = "") {
  const made = element("button", words ? "x-button" : "x-button x-sign", words || sign);
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
