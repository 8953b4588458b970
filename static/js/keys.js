// Single keys: "/" finds, "?" opens the list of keys, j and k move between rows marked data-row, x presses the row's
// data-tick. <body data-keys="off"> (a choice in the profile) switches all of them off.
(() => {
  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  const find = () => {
    const field = document.querySelector("[data-search]");
    if (field) { field.focus(); field.select(); return; }
    const link = document.querySelector("[data-find]");
    if (link) link.click();
  };

  let back = null; // where one was before the list of keys was opened

  const help = () => {
    const list = document.querySelector("[data-keys-help]");
    if (!list) return;
    list.open = !list.open;
    if (list.open) {
      back = [scrollX, scrollY];
      list.querySelector("summary").focus({ preventScroll: true });
      list.scrollIntoView({ block: "end" });
    } else if (back) scrollTo(...back);
  };

  const move = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement.closest("[data-row]"));
    const row = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
    if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const tick = () => {
    const row = document.activeElement.closest("[data-row]");
    const button = row && row.querySelector("[data-tick]");
    if (button) button.click();
  };

  const actions = { "/": find, "?": help, j: () => move(1), k: () => move(-1), x: tick };

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || typing(event.target) || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (location.hash === "#find") find();
  });
})();
