// What is typed into a textarea with data-keep="<key>" is kept in this tab until the server has taken it, so that a
// sign-out in between loses nothing: what was sent counts as taken once a page comes under the same sign-in. The next
// person at this computer must not find it: pressing Sign out forgets it, and so does somebody else's signing in.
(() => {
  const PREFIX = "milepost:typed:";
  const signedIn = () => document.body.dataset.signedIn; // by which sign-in; a refusal says nothing
  const who = () => document.body.dataset.who;
  const name = (box) => PREFIX + (box.dataset.keep || location.pathname + "#" + box.name);
  const read = (key) => JSON.parse(sessionStorage.getItem(key) || "null");
  const write = (key, entry) => sessionStorage.setItem(key, JSON.stringify({ who: who(), ...entry }));
  const boxesOf = (root) => root.querySelectorAll("textarea[data-keep]");
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const forget = (which) => keys().filter((key) => which(read(key))).forEach((key) => sessionStorage.removeItem(key));

  const restore = (root) => boxesOf(root).forEach((box) => {
    const entry = read(name(box));
    if (!entry) return;
    if (box.value === entry.text) { write(name(box), { text: entry.text }); return; }
    if (entry.sent === signedIn()) return;
    box.value = entry.text;
    const said = document.querySelector(`[data-kept="${CSS.escape(box.id)}"]`);
    if (said) said.hidden = false;
    const around = box.closest("details");
    if (around) around.open = true;
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-keep]")) write(name(event.target), { text: event.target.value });
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out]")) { forget(() => true); return; }
    boxesOf(event.target).forEach((box) => write(name(box), { text: box.value, sent: signedIn() }));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful } = event.detail;
    const taken = successful && !xhr.getResponseHeader("HX-Redirect");
    boxesOf(elt).forEach((box) => (taken ? sessionStorage.removeItem(name(box)) : write(name(box), { text: box.value })));
  });
  document.addEventListener("DOMContentLoaded", () => {
    // A sign-in page or a refusal: nothing that was on its way has been taken.
    if (!signedIn()) { keys().forEach((key) => write(key, { ...read(key), sent: undefined })); return; }
    forget((entry) => entry.who !== who());
    restore(document);
    forget((entry) => entry.sent === signedIn());
  });
  document.addEventListener("htmx:load", (event) => { if (signedIn()) restore(event.target); });
})();
