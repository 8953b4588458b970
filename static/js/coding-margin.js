// The margin beside each turn: chips of codes, and the underlines of what they stand for. Underlines are kept margin by
// margin, so that a new coding costs its own and not all two thousand. A code is shown before the server has answered.
import { paragraphAt, rangeOf, root } from "./coding-passages.js";

const can = "highlights" in CSS;
const coded = can ? new Highlight() : new Set();
if (can) CSS.highlights.set("coded", coded);
const drawn = new Map(); // id of a margin: the ranges that are underlined for it
const toasts = document.querySelector("#toasts");

// Highlights one passage, or none, as the one that is looked at or about to be coded.
export const mark = (passage) => {
  const range = passage && rangeOf(passage.start, passage.end);
  if (can) CSS.highlights.set("passage", range ? new Highlight(range) : new Highlight());
  return range;
};

export const passageOf = (chip) => ({ start: Number(chip.dataset.start), end: Number(chip.dataset.end) });

const underline = (margin) => {
  (drawn.get(margin.id) || []).forEach((range) => coded.delete(range));
  const chips = [...margin.querySelectorAll("[data-start]")].map(passageOf);
  drawn.set(margin.id, chips.map(({ start, end }) => rangeOf(start, end)).filter(Boolean));
  drawn.get(margin.id).forEach((range) => coded.add(range));
};

export const showAtOnce = (position, code, name) => {
  const line = document.createElement("li");
  const chip = document.createElement("span");
  chip.className = "code-chip pending";
  if (code) {
    const sign = document.createElement("span");
    sign.className = `code-mark code-${code.colour}`;
    sign.textContent = code.mark;
    sign.setAttribute("aria-hidden", "true");
    chip.append(sign, " ");
  }
  chip.append(code ? code.label : name);
  line.append(chip);
  paragraphAt(position).closest("li").querySelector(".margin").append(line);
};

export const takeBack = () => root.querySelectorAll(".pending").forEach((chip) => chip.closest("li").remove());

document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  const margins = elt.matches(".margin") ? [elt] : elt.querySelectorAll(".margin");
  margins.forEach(underline);
});

// What was neither taken nor refused in words: no connection, or a fault of ours.
["htmx:sendError", "htmx:responseError"].forEach((name) => document.addEventListener(name, (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  takeBack();
  const line = document.createElement("div");
  line.className = "toast-line";
  line.dataset.toast = "10";
  line.textContent = root.dataset.notSaved;
  toasts.append(line);
}));
