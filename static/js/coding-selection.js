// What is selected in a transcript, by the server's count, and where the cursor stands while nothing is.
import { beside, last, lengthOf, paragraphAt, paragraphs, positionOf, rangeOf, root } from "./coding-passages.js";

// What lies between paragraphs, such as a margin, counts as the end of the paragraph before or the beginning of the next.
const place = (node, offset, atEnd) => {
  const words = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-at]");
  if (words && node.nodeType === Node.TEXT_NODE) return positionOf(words, offset);
  if (words) return positionOf(words, offset ? words.textContent.length : 0);
  const point = document.createRange();
  point.setStart(node, offset);
  const next = paragraphs.findIndex((each) => point.comparePoint(each, 0) >= 0);
  if (!atEnd) return next < 0 ? Infinity : Number(paragraphs[next].dataset.at);
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

// Who presses the mouse on words that are still selected begins a new selection there, instead of dragging them along.
root.addEventListener("mousedown", (event) => {
  if (event.button === 0 && event.detail === 1 && !event.shiftKey) getSelection().removeAllRanges();
});
