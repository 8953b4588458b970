// Rows of tabs scroll within themselves on phones; the one that is shown is brought into sight.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".tabs ul").forEach((row) => {
    const current = row.querySelector("[aria-current]");
    if (current) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  });
});
