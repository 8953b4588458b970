// Coding a transcript: select words, press c, type two letters of a code, press Enter; or select words and click a code.
// The other keys are said in the list that ? opens. An address that ends in #at-START-END comes with that passage chosen
// and the palette ready. The parts are in coding-*.js.
import { remark } from "./coding-card.js";
import { mark, showAtOnce, takeBack } from "./coding-margin.js";
import { ask, step } from "./coding-moving.js";
import { enter, form, leave, onLeave, onPick, show } from "./coding-palette.js";
import { root } from "./coding-passages.js";
import { cursor, selected } from "./coding-selection.js";
import { undo } from "./coding-undo.js";

const toPalette = document.querySelector("[data-to-palette]");
let passage = null; // what is to be coded, {start, end, words} in code points, until another place is clicked
let here = null; // where one has gone to without selecting anything

const take = (found) => {
  passage = found;
  show(found);
  toPalette.hidden = !found;
};

const open = () => {
  const now = selected(); // a selection is told of a moment later than the next key
  if (now) take(now);
  if (!passage) return;
  mark(passage);
  enter();
};

const close = () => {
  const range = passage && mark(passage);
  mark(null);
  leave();
  if (!range) return;
  getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  range.startContainer.parentElement.scrollIntoView({ block: "nearest" }); // on a phone the palette is far below
};

onLeave(close);
onPick((code, name) => {
  if (!passage) return;
  const values = { start: passage.start, end: passage.end, revision: root.dataset.revision };
  showAtOnce(passage.start, code, name);
  close();
  htmx.ajax("POST", form.getAttribute("action"), {
    source: form, swap: "none", values: { ...values, code: code ? code.code : "", name: code ? "" : name },
  });
});

// A refusal has no margin of its own: what was shown at once goes again, and the toast says why.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422 && event.detail.requestConfig.elt === form) takeBack();
});

document.addEventListener("selectionchange", () => take(selected() || passage));
root.addEventListener("pointerdown", () => { take(null); mark(null); });
root.addEventListener("click", () => { here = cursor() ?? here; });
toPalette.addEventListener("click", open);

const [, from, to] = location.hash.match(/^#at-(\d+)(?:-(\d+))?$/) || [];
if (from) {
  const there = { start: Number(from), end: Number(to || from) + (to ? 0 : 1) };
  const range = mark(there);
  if (range) range.startContainer.parentElement.closest("li").scrollIntoView({ block: "center" });
  if (range && to) { take({ ...there, words: range.toString() }); open(); }
}

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && undo()) event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
  const go = (by) => { getSelection().removeAllRanges(); take(null); here = ask(by) ?? here; };
  const keys = { c: open, j: () => step(1, here), k: () => step(-1, here), n: () => go(1), p: () => go(-1), m: remark };
  if (!(event.key in keys) || (event.key === "c" && !passage && !selected())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  keys[event.key]();
}, true);
