// Rows of tabs scroll within themselves on phones; the one that is shown is brought into sight.
(() => {
  const look = () => document.querySelectorAll(".tabs ul").forEach((row) => {
    const current = row.querySelector("[aria-current]");
    if (current) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  });
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:afterSettle", look);
})();
