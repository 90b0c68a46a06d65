// Recall and precision of the search on the suite, and how long a warm answer
// takes: the quickest of some, since what other programs take is not ours.
export function measure(index, queries, search) {
  const texts = index.file.places.map((place) => place.slice(3).join("\n"));
  return queries.map(({ query, finds, first }) => {
    const wanted = finds ? texts.flatMap((text, n) => (new RegExp(finds, "iu").test(text) ? [n] : [])) : null;
    const found = search(index, query, Infinity).places.map((place) => place.number);
    let ms = Infinity;
    for (let round = 0; round < 5 || (round < 25 && ms > 10); round += 1) {
      const begun = performance.now();
      search(index, query);
      ms = Math.min(ms, performance.now() - begun);
    }
    const address = (n) => {
      const [page, id] = index.file.places[n];
      return `${index.file.pages[page][0]}#${id}`;
    };
    const hits = wanted ? found.filter((n) => wanted.includes(n)) : [];
    const ranks = found.map(address);
    const at = first ? ranks.findIndex((one) => one === first || one.startsWith(`${first}#`)) : -1;
    return {
      query, ms, found: found.length, wanted: wanted?.length ?? null, at,
      recall: wanted ? (wanted.length ? hits.length / wanted.length : 0) : null,
      precision: wanted ? (found.length ? hits.length / found.length : 0) : null,
      lacks: (wanted ?? []).filter((n) => !found.includes(n)).map(address),
      odd: wanted ? found.filter((n) => !wanted.includes(n)).map(address) : [],
      best: ranks.slice(0, 5),
    };
  });
}
