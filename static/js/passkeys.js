// Buttons for passkeys appear where the browser has passkeys. When the person or the device says no, a sentence says so;
// the ceremony itself is allauth's webauthn.js: data-passkey names which, data-passkey-ids what belongs to it.
(() => {
  const show = (selector, yes) => document.querySelectorAll(selector).forEach((part) => { part.hidden = !yes; });
  const can = Boolean(window.PublicKeyCredential);
  show("[data-passkey]", can);
  show("[data-passkey-missing]", !can);
  for (const button of document.querySelectorAll("[data-passkey]")) {
    window.allauth.webauthn.forms[button.dataset.passkey]({ ids: JSON.parse(button.dataset.passkeyIds) });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-passkey]")) show("[data-passkey-failed]", false);
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    show("[data-passkey-failed]", true);
  });
})();
