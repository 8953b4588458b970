// Coding a transcript: select words, press c, type two letters of a code, press Enter; or select words and click a code.
// j and k select the next and the previous sentence, Shift with the arrows changes the selection. Positions count code
// points, as the server does.
(() => {
  const root = document.querySelector("[data-coding-text]");
  const palette = document.querySelector("[data-palette]");
  if (!root || !palette) return;
  const form = palette.querySelector("[data-palette-form]");
  const find = palette.querySelector("[data-palette-find]");
  const list = palette.querySelector("[data-palette-codes]");
  const fresh = palette.querySelector("[data-palette-new]");
  const shown = palette.querySelector("[data-palette-words]");
  const idle = palette.querySelector("[data-palette-idle]");
  const toPalette = document.querySelector("[data-to-palette]");
  const detail = document.querySelector("[data-coding-shown]");
  const paragraphs = () => [...root.querySelectorAll("[data-at]")];
  const points = (text) => [...text].length;
  const units = (text, count) => [...text].slice(0, count).join("").length;
  let passage = null; // {start, end, words, turn} in code points

  // ---- from a selection to positions, and back

  const place = (node, offset) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const words = element.closest("[data-at]");
    if (!words) return null;
    const before = node.nodeType === Node.TEXT_NODE ? node.textContent.slice(0, offset) : offset ? words.textContent : "";
    return { at: Number(words.dataset.at) + points(before), turn: words.closest("li") };
  };

  const read = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!root.contains(range.startContainer)) return null;
    const first = place(range.startContainer, range.startOffset);
    const last = place(range.endContainer, range.endOffset);
    if (!first || !last || last.at <= first.at) return null;
    return { start: first.at, end: last.at, words: selection.toString(), turn: first.turn };
  };

  const rangeOf = (start, end) => {
    const range = document.createRange();
    let began = false;
    for (const words of paragraphs()) {
      const at = Number(words.dataset.at);
      const text = words.textContent;
      const length = points(text);
      if (!began && start < at + length && end > at) {
        range.setStart(words.firstChild, units(text, Math.max(0, start - at)));
        began = true;
      }
      if (began) range.setEnd(words.firstChild, units(text, Math.min(length, Math.max(0, end - at))));
      if (began && end <= at + length) return range;
      if (began && at >= end) return range;
    }
    return began ? range : null;
  };

  const mark = (name, ranges) => {
    if (!window.CSS || !CSS.highlights) return;
    CSS.highlights.set(name, new Highlight(...ranges.filter(Boolean)));
  };

  const underline = () => {
    mark("coded", [...root.querySelectorAll("[data-coding]")].map((chip) => rangeOf(+chip.dataset.start, +chip.dataset.end)));
  };

  // ---- sentences

  const sentences = (text) => {
    const found = [];
    const pattern = /[^.!?…\n]+(?:[.!?…]+["”’)]*|\n|$)/gu;
    for (const match of text.matchAll(pattern)) if (match[0].trim()) found.push([match.index, match.index + match[0].trimEnd().length]);
    return found;
  };

  const step = (by) => {
    const all = paragraphs().flatMap((words) => sentences(words.textContent).map(([from, to]) => {
      const lead = words.textContent.slice(from, to).length - words.textContent.slice(from, to).trimStart().length;
      return [words, from + lead, to];
    }));
    const here = read();
    let index = by > 0 ? 0 : all.length - 1;
    if (here) {
      const at = ([words, from]) => Number(words.dataset.at) + points(words.textContent.slice(0, from));
      index = by > 0 ? all.findIndex((one) => at(one) > here.start) : all.findLastIndex((one) => at(one) < here.start);
      if (index < 0) return;
    }
    const [words, from, to] = all[index];
    getSelection().setBaseAndExtent(words.firstChild, from, words.firstChild, to);
    words.scrollIntoView({ block: "nearest" });
  };

  // ---- the palette

  const options = () => [...list.children].filter((option) => !option.hidden);
  const choose = (option) => {
    list.querySelectorAll("[aria-selected=true]").forEach((other) => other.setAttribute("aria-selected", "false"));
    if (!option) { find.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    find.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const chosen = () => list.querySelector("[aria-selected=true]:not([hidden])");

  const filter = () => {
    const typed = find.value.trim().toLowerCase();
    let exact = false;
    const fits = [];
    for (const option of list.querySelectorAll("[data-code]")) {
      const name = option.dataset.name;
      const rank = !typed ? 3 : name.startsWith(typed) ? 0 : name.split(/\s+/).some((word) => word.startsWith(typed)) ? 1 : name.includes(typed) ? 2 : -1;
      option.hidden = rank < 0;
      exact = exact || name === typed;
      if (rank >= 0) fits.push([rank, option]);
    }
    fresh.hidden = !typed || exact;
    fresh.textContent = `${fresh.dataset.word}: ${find.value.trim()}`;
    fits.sort((one, other) => one[0] - other[0]);
    choose(typed ? (fits.length ? fits[0][1] : fresh) : null);
  };

  // The passage that is to be coded: it stays while the focus goes to the palette, until another place is clicked.
  const take = (found) => {
    passage = found;
    form.elements.start.value = found ? found.start : "";
    form.elements.end.value = found ? found.end : "";
    shown.textContent = found ? found.words : "";
    shown.hidden = !found;
    idle.hidden = Boolean(found);
    toPalette.hidden = !found;
  };

  const open = () => {
    const now = read(); // a selection is told of a moment later than the next key
    if (now) take(now);
    if (!passage) return;
    mark("passage", [rangeOf(passage.start, passage.end)]);
    find.value = "";
    filter();
    palette.scrollIntoView({ block: "nearest" });
    find.focus();
  };

  const close = () => {
    mark("passage", []);
    find.value = "";
    filter();
    find.blur();
    const range = passage && rangeOf(passage.start, passage.end);
    if (range) { getSelection().removeAllRanges(); getSelection().addRange(range); }
  };

  const apply = (option) => {
    const name = find.value.trim();
    if (!passage || (!option && !name)) return;
    const values = {
      start: form.elements.start.value, end: form.elements.end.value, revision: root.dataset.revision,
      code: option && option.dataset.code ? option.dataset.code : "", name: option && option.dataset.code ? "" : name,
    };
    const margin = passage.turn.querySelector(".margin");
    // Shown at once; the answer puts the margin as it is in the database in its place.
    const line = document.createElement("li");
    const chip = document.createElement("span");
    chip.className = "code-chip pending";
    if (values.code) {
      const sign = document.createElement("span");
      sign.className = `code-mark code-${option.dataset.colour}`;
      sign.textContent = option.dataset.mark;
      sign.setAttribute("aria-hidden", "true");
      chip.append(sign, " ", option.dataset.label);
    } else chip.textContent = name;
    line.append(chip);
    margin.append(line);
    close();
    htmx.ajax("POST", form.getAttribute("action"), { source: form, target: margin, swap: "outerHTML", values })
      .catch(() => root.querySelectorAll(".pending").forEach((chip) => chip.closest("li").remove()));
    if (!values.code) form.dataset.reload = "yes"; // the new code belongs in the list
  };

  form.addEventListener("submit", (event) => {
    if (!passage) return; // a whole turn, chosen by its link
    event.preventDefault();
    apply(chosen());
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) apply(option);
  });
  document.addEventListener("selectionchange", () => { const found = read(); if (found) take(found); });
  root.addEventListener("pointerdown", () => { take(null); mark("passage", []); });
  toPalette.addEventListener("click", open);
  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    const all = options();
    const here = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[Math.min(here + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") choose(all[Math.max(here - 1, 0)]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // A refusal has no margin of its own: what was shown at once goes again, and the toast says why.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422 && event.detail.requestConfig.elt === form) {
      root.querySelectorAll(".pending").forEach((chip) => chip.closest("li").remove());
      event.detail.swapOverride = "none";
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    underline();
    if (form.dataset.reload && !root.querySelector(".pending")) {
      delete form.dataset.reload;
      htmx.ajax("GET", location.pathname, { target: "#palette-codes", select: "#palette-codes > *", swap: "innerHTML" });
    }
  });

  // ---- a coding looked at, and keys

  root.addEventListener("click", (event) => {
    const chip = event.target.closest("a[data-coding]");
    if (!chip || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    mark("passage", [rangeOf(+chip.dataset.start, +chip.dataset.end)]);
    htmx.ajax("GET", chip.getAttribute("href"), { target: detail, swap: "innerHTML" }).then(() => {
      const box = detail.querySelector("textarea, a, button");
      if (box) box.focus();
    });
  });
  root.addEventListener("pointerover", (event) => {
    const chip = event.target.closest("[data-coding]");
    if (chip && !passage) mark("passage", [rangeOf(+chip.dataset.start, +chip.dataset.end)]);
  });
  root.addEventListener("pointerout", (event) => {
    if (event.target.closest("[data-coding]") && !passage) mark("passage", []);
  });

  const typing = (element) => element.closest("input, textarea, select");
  document.addEventListener("keydown", (event) => {
    if (typing(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      const undo = [...document.querySelectorAll("#toasts [data-undo] button")].pop();
      if (undo) { event.preventDefault(); undo.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
    if (event.key === "c" && (passage || read())) open();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  filter();
  underline();
  if (location.hash.startsWith("#at-")) {
    const at = Number(location.hash.slice(4));
    const range = rangeOf(at, at + 1);
    if (range) { range.startContainer.parentElement.scrollIntoView({ block: "center" }); mark("passage", [rangeOf(at, at + 1)]); }
  }
})();
