// The words of the component, in the language of the page.

export async function load(lang) {
  const response = await fetch(new URL(lang === "ko" ? "./experiment.ko.json" : "./experiment.en.json", import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const words = await response.json();
  // `{name}` in a text is the value of that name.
  const say = (id, values = {}) => {
    const text = words[id];
    if (text === undefined) return id;
    return text.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
  };
  say.has = (id) => id in words;
  return say;
}
