// Undo by key: what was done last, then what was done before that. What an Undo has done is left to its own button.
const toasts = document.querySelector("#toasts");
const last = () => [...toasts.querySelectorAll("[data-undo]")].pop();

// Returns whether there was something to take back.
export const undo = () => {
  const form = last();
  if (!form) return false;
  delete form.dataset.undo; // before it is answered, so that a second press means the one before
  form.querySelector("button").click();
  return true;
};

document.addEventListener("htmx:afterOnLoad", ({ detail: { elt } }) => {
  const answer = elt.closest("[data-toast]") && toasts.lastElementChild?.querySelector("[data-undo]");
  if (answer) delete answer.dataset.undo;
});
