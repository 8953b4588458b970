// Where a passage of a transcript lies on the page. The server counts code points from the beginning of the text, the
// browser UTF-16 units within a node; a paragraph (data-at: where it begins) is the step between them. A paragraph gets
// a map of its own only where it holds characters that need two units, and only when it is first asked for.
export const root = document.querySelector("[data-coding-text]");
export const paragraphs = [...root.querySelectorAll("[data-at]")];
const starts = paragraphs.map((words) => Number(words.dataset.at));
const maps = new Map(); // paragraph: where each code point begins in UTF-16, and where the last one ends

const mapOf = (words) => {
  if (!maps.has(words)) {
    const text = words.textContent;
    let at = 0;
    const map = /[\ud800-\udfff]/.test(text) ? [0, ...Array.from(text, (point) => (at += point.length))] : null;
    maps.set(words, map);
  }
  return maps.get(words);
};

// The index of the last element that is at most so much, by halving; -1 where there is none.
const lastUpTo = (numbers, most) => {
  let low = 0, high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= most) low = middle + 1; else high = middle;
  }
  return low - 1;
};

const pointsIn = (words, units) => (mapOf(words) ? lastUpTo(mapOf(words), units) : units);
const unitsIn = (words, points) => (mapOf(words) ? mapOf(words)[points] : points);
export const lengthOf = (words) => pointsIn(words, words.textContent.length);

export const paragraphAt = (position) => paragraphs[Math.max(0, lastUpTo(starts, position))];
export const beside = (words, by) => paragraphs[paragraphs.indexOf(words) + by];
export const first = () => paragraphs[0];
export const last = () => paragraphs[paragraphs.length - 1];
export const positionOf = (words, units) => Number(words.dataset.at) + pointsIn(words, units);

// The part of the page at [start, end); null where no paragraph holds any of it.
export const rangeOf = (start, end) => {
  let from = paragraphAt(start);
  if (start >= Number(from.dataset.at) + lengthOf(from)) from = beside(from, 1);
  const to = paragraphAt(end - 1);
  if (!from || Number(from.dataset.at) >= end || !from.firstChild || !to.firstChild) return null;
  const range = document.createRange();
  range.setStart(from.firstChild, unitsIn(from, Math.max(0, start - Number(from.dataset.at))));
  range.setEnd(to.firstChild, unitsIn(to, Math.min(lengthOf(to), end - Number(to.dataset.at))));
  return range;
};
