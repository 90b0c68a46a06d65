// The words of the component, in the language of the page. Those for betting are
// a file of their own: they come with the page, the many others with a run.

const FILES = {
  bets: { en: "./bets.en.json", ko: "./bets.ko.json" },
  experiment: { en: "./experiment.en.json", ko: "./experiment.ko.json" },
};

export async function load(name, lang) {
  const response = await fetch(new URL(FILES[name][lang], import.meta.url));
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
