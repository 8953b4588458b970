// Buttons with data-print open the print dialog. They are hidden until this script is there.
(() => {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-print][hidden]").forEach((button) => { button.hidden = false; });
  });
})();
