// Selects the sentence after or before what is selected, or after a position, going on to the next paragraph that has one.
import { beside, first, last, paragraphAt, positionOf, selected } from "./coding-passages.js";

const SENTENCE = /[^.!?…\n]+(?:[.!?…]+["”’)]*|\n|$)/gu;

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

// by: 1 for the next, -1 for the one before. Without a selection it begins at `from`, or at the edge of the text.
export const step = (by, from = null) => {
  const here = selected();
  const found = nearest(here ? here.start : from, by);
  if (!found) return;
  getSelection().setBaseAndExtent(found.words.firstChild, found.from, found.words.firstChild, found.to);
  found.words.scrollIntoView({ block: "nearest" });
};
