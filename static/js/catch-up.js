// The catch-up grid as a spreadsheet: a pasted block fills to the right and down, Enter and arrows go up and down, what is
// typed is kept (keep-typed.js) until the server has it. Without script the block goes into the box below the grid.
(() => {
  const form = document.querySelector("form[data-catch-up]");
  // A preview has recorded nothing yet: whoever goes back finds in the grid what it carries on.
  if (!form) return document.addEventListener("DOMContentLoaded", () => document.querySelector("[data-carried]").dispatchEvent(new Event("input", { bubbles: true })));
  // What one site has alone is no column of a block: each box there is another milestone.
  const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td:not(.alone)")].map((cell) => cell.querySelector("input")));
  const alone = [...form.querySelectorAll("td.alone input")];
  const names = [...form.querySelectorAll("tbody th > span:first-child")].map((name) => plain(name.textContent));
  const kept = form.elements.typed;
  const said = form.querySelector("[data-pasted]");

  function plain(name) { return name.trim().toLowerCase().replace(/\s+/g, " "); }
  const placeOf = (input) => {
    const cell = input.closest("td");
    return [cell.parentElement.sectionRowIndex, cell.cellIndex - 1];
  };
  const at = (row, column) => (rows[row] || [])[column];

  // What was typed goes into the box that is kept.
  const keep = () => {
    const typed = [...form.querySelectorAll("tbody input")].filter((input) => {
      const changed = input.value !== input.defaultValue || input.hasAttribute("data-typed");
      input.classList.toggle("typed", changed);
      return changed;
    });
    kept.value = typed.map((input) => `${input.name}\t${input.value}`).join("\n");
    kept.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const fill = (block, row, column) => {
    const lines = block.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    const byName = lines.every(([first]) => names.includes(plain(first)));
    let [filled, left] = [0, 0];
    lines.forEach((line, down) => {
      const [to, cells] = byName ? [names.indexOf(plain(line[0])), line.slice(1)] : [row + down, line];
      cells.forEach((value, right) => {
        if (!value.trim()) return;
        const input = at(to, column + right);
        if (input) { input.value = value.trim(); filled += 1; } else left += 1;
      });
    });
    said.textContent = form.dataset.said.replace("%filled", filled) + (left ? ` ${form.dataset.saidLeft.replace("%left", left)}` : "");
    keep();
  };

  form.addEventListener("paste", (event) => {
    const block = event.clipboardData.getData("text/plain");
    if (!event.target.matches("tbody input") || !/[\t\n]/.test(block.trim())) return;
    event.preventDefault();
    fill(block, ...placeOf(event.target));
  });
  form.addEventListener("keydown", (event) => {
    const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !event.target.matches("tbody input")) return;
    event.preventDefault();
    const [row, column] = placeOf(event.target);
    const next = alone.includes(event.target) && alone[alone.indexOf(event.target) + by];
    if (next) { next.focus(); next.select(); }
    let to = row + by;
    while (rows[to] && !at(to, column)) to += by;
    if (rows[to]) { at(to, column).focus(); at(to, column).select(); }
  });
  form.addEventListener("input", (event) => { if (event.target.matches("tbody input")) keep(); });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-show]")) form.requestSubmit(form.querySelector("button[value=show]"));
  });

  // What was kept through a sign-out comes back; what stood in its cell, the end of its name, may have changed since.
  document.addEventListener("DOMContentLoaded", () => {
    kept.value.split("\n").filter(Boolean).forEach((line) => {
      const [name, value] = line.split("\t");
      const input = form.querySelector(`tbody input[name^="${CSS.escape(name.replace(/[^:]*$/, ""))}"]`);
      if (input) input.value = value;
    });
    if (kept.value || form.querySelector("[data-typed]")) keep();
  });
})();
