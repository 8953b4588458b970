// Forms with data-autosave are saved by htmx while one types. What is not saved yet is said in the form; what keep-typed.js
// brought back after a sign-out is saved as if it had just been typed.
(() => {
  const formOf = (element) => element.closest && element.closest("form[data-autosave]");
  const say = (form, unsaved) => {
    const words = form.querySelector("[data-unsaved]");
    if (words) words.hidden = !unsaved;
  };

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    form.dataset.typed = "yes";
    say(form, true);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event.target);
    if (form && event.detail.elt === form) delete form.dataset.typed;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event.target);
    if (form && event.detail.elt === form) say(form, form.dataset.typed === "yes" || !event.detail.successful);
  });
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
    document.querySelectorAll("form[data-autosave] textarea").forEach((box) => {
      if (box.value !== box.defaultValue) box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }, 0));
})();
