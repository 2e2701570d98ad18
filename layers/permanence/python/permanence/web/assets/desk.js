// The keyboard of the call page, and nothing that the page cannot do without it.
"use strict";

const typing = (element) =>
  element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

// A digit chooses an answer of the guide; Entrée validates it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  const answer = document.querySelector(`#guide input[data-digit="${CSS.escape(event.key)}"]`);
  if (answer) {
    answer.checked = true;
    answer.focus();
    event.preventDefault();
  }
  if (event.key === "Enter" && event.target.matches("#guide input[type=radio]")) {
    event.target.checked = true;
    event.preventDefault();
    document.getElementById("b-valider").click();
  }
});

// A decision is sent once: the second click of a double click finds the button at rest.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && button.hasAttribute("data-once")) setTimeout(() => { button.disabled = true; }, 0);
});

// A page that no longer refreshes says so: its queue and its countdown would lie.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.id === "direct") document.getElementById("perdu").hidden = event.detail.successful;
});
