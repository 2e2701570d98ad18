// A file that would not arrive is said before it is sent; a button says how much is ticked. Without script the server does.
"use strict";

document.addEventListener("change", ({ target }) => {
  if (target.matches("input[type=file][data-most]")) {
    const [file] = target.files;
    target.setCustomValidity(file && file.size > Number(target.dataset.most) ? target.dataset.tooLarge : "");
    target.reportValidity();
  }
  const form = target.closest("form[data-counts]");
  if (form) {
    const ticked = form.querySelectorAll("input[type=checkbox]:checked").length;
    const several = ticked > 1 ? "s" : "";
    form.querySelector("[data-count]").textContent = `${ticked} suggestion${several} cochée${several}`;
  }
});
