// Moves through a transcript: selects the next or the previous sentence, goes to the next or the previous question of the
// guide (data-asks). `by` is 1 or -1.
import { beside, first, last, paragraphAt, positionOf, root } from "./coding-passages.js";
import { selected } from "./coding-selection.js";

const SENTENCE = /[^.!?…\n]+(?:[.!?…]+["”’)]*|\n|$)/gu;
const EDGE = 24; // pixels below the upper edge within which a question counts as the one that is being read

const sentencesOf = (words) => [...words.textContent.matchAll(SENTENCE)].filter(([said]) => said.trim()).map((match) => {
  const from = match.index + match[0].length - match[0].trimStart().length;
  return { words, from, to: match.index + match[0].trimEnd().length, at: positionOf(words, from) };
});

const nearest = (position, by) => {
  let words = position === null ? (by > 0 ? first() : last()) : paragraphAt(position);
  for (; words; words = beside(words, by)) {
    const all = sentencesOf(words).filter(({ at }) => position === null || (by > 0 ? at > position : at < position));
    if (all.length) return by > 0 ? all[0] : all[all.length - 1];
  }
  return null;
};

// Without a selection it begins behind a place `from`, or at the edge of the text.
export const step = (by, from = null) => {
  const here = selected();
  const found = nearest(here ? here.start : from, by);
  if (!found) return;
  getSelection().setBaseAndExtent(found.words.firstChild, found.from, found.words.firstChild, found.to);
  found.words.scrollIntoView({ block: "nearest" });
};

// Returns the place before the words of the question, or null where there is none.
export const ask = (by) => {
  const tops = [...root.querySelectorAll("[data-asks]")].map((turn) => [turn, turn.getBoundingClientRect().top]);
  const [turn] = (by > 0 ? tops.find(([, top]) => top > EDGE) : tops.findLast(([, top]) => top < -EDGE)) || [];
  if (!turn) return null;
  turn.tabIndex = -1;
  turn.focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
  return Number(turn.querySelector("[data-at]").dataset.at) - 1;
};
