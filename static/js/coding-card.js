// The card of one coding, beside the text: opened from its chip in the margin, with the memos about it.
import { mark, passageOf } from "./coding-margin.js";
import { root } from "./coding-passages.js";

const shown = document.querySelector("[data-coding-shown]");
let looked = null; // the address of the coding whose card it is

const look = (chip, first) => {
  mark(passageOf(chip));
  looked = chip.getAttribute("href");
  htmx.ajax("GET", looked, { target: shown, swap: "innerHTML" }).then(() => {
    const box = shown.querySelector(first);
    if (box) box.focus();
  });
};

// Writes a memo: about the coding one is on or looks at, else about the interview.
export const remark = () => {
  const chip = document.activeElement.closest("a[data-start]");
  if (chip) { look(chip, "textarea"); return; }
  const box = shown.querySelector("textarea") || document.querySelector("[data-memo]");
  if (box) box.focus();
};

root.addEventListener("click", (event) => {
  const chip = event.target.closest("a[data-start]");
  if (!chip || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  look(chip, "a");
});

// Escape goes back to the chip, which may have been drawn anew meanwhile.
shown.addEventListener("keydown", (event) => {
  const chip = event.key === "Escape" && root.querySelector(`a[href="${looked}"]`);
  if (chip) chip.focus();
});

// So does a memo that is saved.
shown.addEventListener("htmx:afterSettle", ({ detail: { requestConfig: { verb } } }) => {
  const chip = verb === "post" && root.querySelector(`a[href="${looked}"]`);
  if (chip) chip.focus();
});
