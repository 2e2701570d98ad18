// A sound that does not come is said: a player alone stays silent.
for (const event of ["error", "playing"]) {
  document.addEventListener(event, ({ target }) => {
    if (target.tagName === "AUDIO") target.parentElement.querySelector("[role=alert]").hidden = event === "playing";
  }, true);
}
// A page prints without script by the browser's own menu; the button is there only when it works.
for (const place of document.querySelectorAll("template[data-print]")) {
  const button = place.content.firstElementChild;
  button.addEventListener("click", () => window.print());
  place.replaceWith(button);
}
