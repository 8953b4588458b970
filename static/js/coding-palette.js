// The palette: a box to type two letters of a code in, and the list of codes that fit. It knows no transcript; who uses
// it is told with onPick which code was chosen, or what name a new one is to have, and with onLeave that it was left.
const palette = document.querySelector("[data-palette]");
export const form = palette.querySelector("[data-palette-form]");
const find = palette.querySelector("[data-palette-find]");
const list = palette.querySelector("[data-palette-codes]");
const fresh = palette.querySelector("[data-palette-new]");
const shown = palette.querySelector("[data-palette-words]");
const idle = palette.querySelector("[data-palette-idle]");

const chosen = () => list.querySelector("[aria-selected=true]:not([hidden])");

const choose = (option) => {
  list.querySelectorAll("[aria-selected=true]").forEach((other) => other.setAttribute("aria-selected", "false"));
  if (!option) { find.removeAttribute("aria-activedescendant"); return; }
  option.setAttribute("aria-selected", "true");
  find.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};

// How well a name fits what was typed: its beginning, the beginning of a word in it, anywhere in it; -1 not at all.
const rank = (name, typed) => {
  if (!typed || name.startsWith(typed)) return 0;
  if (name.split(/\s+/).some((word) => word.startsWith(typed))) return 1;
  return name.includes(typed) ? 2 : -1;
};

const filter = () => {
  const typed = find.value.trim().toLowerCase();
  const ranked = [...list.querySelectorAll("[data-code]")].map((option) => [rank(option.dataset.name, typed), option]);
  ranked.forEach(([fits, option]) => { option.hidden = fits < 0; });
  const fitting = ranked.filter(([fits]) => fits >= 0).sort((one, other) => one[0] - other[0]);
  fresh.hidden = !typed || fitting.some(([, option]) => option.dataset.name === typed);
  fresh.textContent = `${fresh.dataset.word}: ${find.value.trim()}`;
  choose(typed ? (fitting.length ? fitting[0][1] : fresh) : null);
};

const clear = () => { find.value = ""; filter(); };

// Which words are to be coded: {start, end, words}, or null for none.
export const show = (passage) => {
  form.elements.start.value = passage ? passage.start : "";
  form.elements.end.value = passage ? passage.end : "";
  shown.textContent = passage ? passage.words : "";
  shown.hidden = !passage;
  idle.hidden = Boolean(passage);
};
export const enter = () => { clear(); palette.scrollIntoView({ block: "nearest" }); find.focus(); };
export const leave = () => { clear(); find.blur(); };

export const onPick = (told) => {
  const pick = (option) => {
    const code = option && option.dataset.code ? option.dataset : null;
    if (code || find.value.trim()) told(code, find.value.trim());
  };
  form.addEventListener("submit", (event) => {
    if (!form.elements.start.value || shown.hidden) return; // a passage chosen by a link, without script's help
    event.preventDefault();
    pick(chosen());
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option);
  });
};

export const onLeave = (told) => find.addEventListener("keydown", (event) => {
  const all = [...list.children].filter((option) => !option.hidden);
  const here = all.indexOf(chosen());
  if (event.key === "ArrowDown") choose(all[Math.min(here + 1, all.length - 1)]);
  else if (event.key === "ArrowUp") choose(all[Math.max(here - 1, 0)]);
  else if (event.key === "Escape") told();
  else return;
  event.preventDefault();
  event.stopPropagation();
});

find.addEventListener("input", filter);
filter();
