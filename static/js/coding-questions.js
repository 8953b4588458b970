// Goes from one question of the guide to the next one in a transcript (data-asks), from where one is on the screen.
import { root } from "./coding-passages.js";

const EDGE = 24; // pixels below the upper edge within which a question counts as the one that is being read

// by: 1 for the next, -1 for the one before. Returns the place before its words, or null where there is none.
export const goTo = (by) => {
  const tops = [...root.querySelectorAll("[data-asks]")].map((turn) => [turn, turn.getBoundingClientRect().top]);
  const [turn] = (by > 0 ? tops.find(([, top]) => top > EDGE) : tops.findLast(([, top]) => top < -EDGE)) || [];
  if (!turn) return null;
  turn.tabIndex = -1;
  turn.focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
  return Number(turn.querySelector("[data-at]").dataset.at) - 1;
};
