// Where a selection lies in a transcript, and back. The server counts code points from the beginning of the text, the
// browser UTF-16 units within a node; a paragraph (data-at: where it begins) is the step between them. A paragraph gets
// a map of its own only where it holds characters that need two units, and only when it is first asked for.
export const root = document.querySelector("[data-coding-text]");
const paragraphs = [...root.querySelectorAll("[data-at]")];
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
const lengthOf = (words) => pointsIn(words, words.textContent.length);

export const paragraphAt = (position) => paragraphs[Math.max(0, lastUpTo(starts, position))];
export const beside = (words, by) => paragraphs[paragraphs.indexOf(words) + by];
export const first = () => paragraphs[0];
export const last = () => paragraphs[paragraphs.length - 1];
export const positionOf = (words, units) => Number(words.dataset.at) + pointsIn(words, units);

// What lies between paragraphs, such as a margin, counts as the end of the paragraph before or the beginning of the next.
const place = (node, offset, atEnd) => {
  const words = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-at]");
  if (words && node.nodeType === Node.TEXT_NODE) return positionOf(words, offset);
  if (words) return positionOf(words, offset ? words.textContent.length : 0);
  const point = document.createRange();
  point.setStart(node, offset);
  const next = paragraphs.findIndex((each) => point.comparePoint(each, 0) >= 0);
  if (!atEnd) return next < 0 ? Infinity : starts[next];
  const before = next < 0 ? last() : paragraphs[next - 1];
  return before ? positionOf(before, before.textContent.length) : -1;
};

// A selection that only touches the words before or behind it takes nothing of them, nor of who says them.
const within = (position, atEnd) => {
  const words = paragraphAt(position);
  const other = beside(words, atEnd ? -1 : 1);
  if (!other) return position;
  if (atEnd) return position === Number(words.dataset.at) ? positionOf(other, other.textContent.length) : position;
  return position === Number(words.dataset.at) + lengthOf(words) ? Number(other.dataset.at) : position;
};

// What is selected of the text: {start, end, words}, or null.
export const selected = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(root)) return null;
  const start = within(place(range.startContainer, range.startOffset, false), false);
  const end = within(place(range.endContainer, range.endOffset, true), true);
  if (start >= end) return null;
  const single = paragraphAt(start) === paragraphAt(end - 1);
  return { start, end, words: single ? rangeOf(start, end).toString() : selection.toString() };
};

// Where the cursor stands in the text while nothing is selected, or null.
export const cursor = () => {
  const selection = getSelection();
  return selection.isCollapsed && root.contains(selection.anchorNode)
    ? place(selection.anchorNode, selection.anchorOffset, true)
    : null;
};

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
