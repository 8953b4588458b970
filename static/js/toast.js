// Lines with data-toast leave after their seconds, but never while somebody points at them or has the focus in them.
// What they offer (Undo) also stays on the row, so nobody loses it by being slow.
(() => {
  const begin = (line) => {
    if (line.dataset.begun) return;
    line.dataset.begun = "yes";
    const seconds = Number(line.dataset.toast) || 10;
    let timer;
    const leave = () => line.remove();
    const run = () => { clearTimeout(timer); timer = setTimeout(leave, seconds * 1000); };
    const hold = () => clearTimeout(timer);
    line.addEventListener("pointerenter", hold);
    line.addEventListener("pointerleave", run);
    line.addEventListener("focusin", hold);
    line.addEventListener("focusout", run);
    run();
  };
  const look = () => document.querySelectorAll("[data-toast]").forEach(begin);

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-toast-close]");
    if (close) close.closest("[data-toast]").remove();
  });
  // An Undo that was used is no offer any more; what it has done says so itself, and takes the focus over.
  document.addEventListener("htmx:afterOnLoad", ({ detail: { elt, xhr } }) => {
    const line = xhr.status < 400 && elt.closest("[data-toast]");
    if (!line) return;
    const within = line.contains(document.activeElement);
    line.remove();
    const next = within && [...document.querySelectorAll("[data-toast] button")].pop();
    if (next) next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const lines = document.querySelectorAll("[data-toast]");
    if (lines.length) lines[lines.length - 1].remove();
    document.querySelectorAll("details.account[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.account[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("DOMContentLoaded", () => {
    look();
    const region = document.getElementById("toasts");
    if (region) new MutationObserver(look).observe(region, { childList: true, subtree: true });
  });
})();
