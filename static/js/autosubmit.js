// Forms with data-autosubmit apply as soon as a choice changes; text applies on Enter. Empty choices stay out of the
// address. Without script the form's own button does the same. On phones the fields are folded away until asked for.
(() => {
  const WHERE = "milepost:focus";

  const NARROW = window.matchMedia("(max-width: 47.99rem)");

  const ready = (root) => {
    if (NARROW.matches) root.querySelectorAll("details[data-fold-on-phones]").forEach((fold) => { fold.open = false; });
    root.querySelectorAll("form[data-autosubmit]").forEach((form) => form.classList.add("is-live"));
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (!form || event.target.matches("input[type=search], input[type=text]")) return;
    if (event.target.id) sessionStorage.setItem(WHERE, event.target.id);
    form.requestSubmit();
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-autosubmit]")) return;
    const empty = [...event.target.elements].filter((control) => control.name && !control.value && !control.disabled);
    empty.forEach((control) => { control.disabled = true; });
    setTimeout(() => empty.forEach((control) => { control.disabled = false; }), 0);
  }, true);

  document.addEventListener("DOMContentLoaded", () => {
    ready(document);
    const was = sessionStorage.getItem(WHERE);
    sessionStorage.removeItem(WHERE);
    const control = was && document.getElementById(was);
    if (control && control.closest("form[data-autosubmit]")) control.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    sessionStorage.removeItem(WHERE); // htmx has kept the focus; a later page must not take it
    ready(event.target.parentElement || document);
  });
})();
