// A page prints without script by the browser's own menu; the button is there only when it works.
for (const place of document.querySelectorAll("template[data-print]")) {
  const button = place.content.firstElementChild;
  button.addEventListener("click", () => window.print());
  place.replaceWith(button);
}
