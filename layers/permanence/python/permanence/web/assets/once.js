// A form is sent once: the second click of a double click finds it on its way. Without script, the server counts it once.
"use strict";

const PATIENCE_MS = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-busy", "true");
  // A page that was stopped, or that the browser brings back, can be sent again.
  setTimeout(() => atRest(form, event.submitter), PATIENCE_MS);
  addEventListener("pageshow", () => atRest(form, event.submitter), { once: true });
});

function atRest(...busy) {
  for (const element of busy) element?.removeAttribute("aria-busy");
}
