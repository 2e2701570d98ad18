// The keyboard of the call page and what a live page owes who works on it; nothing that the page cannot do without it.
"use strict";

const typing = (element) =>
  element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

// The digit of a key, whatever it writes: « & » is the 1 of a French keyboard. A numeric pad without its lock moves.
const digitOf = (event) => /^Digit(\d)$/.exec(event.code)?.[1] ?? (/^\d$/.test(event.key) ? event.key : null);

// A digit chooses an answer of the guide; Entrée validates it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.getModifierState("AltGraph")) return;
  const digit = typing(event.target) ? null : digitOf(event);
  const answer = digit && document.querySelector(`#guide input[data-digit="${digit}"]:enabled`);
  if (!answer) return;
  answer.checked = true;
  answer.focus();
  event.preventDefault();
});

// Alt D, E and F are Chromium's own (address bar, menu): it lets the page have the key, but presses no access key.
document.addEventListener("keydown", (event) => {
  const { altKey, ctrlKey, metaKey, shiftKey, repeat, defaultPrevented, key } = event;
  if (!altKey || ctrlKey || metaKey || shiftKey || repeat || defaultPrevented || !/^[def]$/i.test(key)) return;
  const control = document.querySelector(`[accesskey="${key.toLowerCase()}"]:enabled`);
  if (!control) return;
  event.preventDefault();
  control.click();
});

// Arrows walk from the search through the dwellings found and back; only Entrée or the space bar chooses one.
const hits = () => [...document.querySelectorAll("#hits input")];
const isUpToDate = (search) => document.querySelector("#hits [data-asked]")?.dataset.asked === search.value.trim();
let goesToHits = false;
document.addEventListener("keydown", (event) => {
  const at = event.target;
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (at.id === "q" && event.key === "ArrowDown") {
    goesToHits = !isUpToDate(at);
    if (goesToHits) htmx.trigger(at, "chercher");
    else hits()[0]?.focus();
  } else if (at.matches("#hits input") && (step || event.key === "Escape")) {
    const next = step ? hits().indexOf(at) + step : -1;
    (next < 0 ? document.getElementById("q") : hits()[next])?.focus();
  } else return;
  event.preventDefault();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "hits" || !goesToHits) return;
  goesToHits = false;
  hits()[0]?.focus();
});

// Entrée acts on what has the focus, where the browser would press the first button of the form: it searches, chooses
// the dwelling, validates the answer, or presses the button beside the field. Elsewhere what was typed is kept.
const enter = (at) => {
  if (at.id === "q") return htmx.trigger(at, "chercher");
  if (at.matches("#hits input, #guide input")) at.checked = true;
  if (at.matches("#hits input")) return at.dispatchEvent(new Event("change", { bubbles: true }));
  if (at.matches("#guide input")) return document.getElementById("b-valider").click();
  return at.closest("details, p")?.querySelector("button")?.click();
};
document.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.id !== "b-entree") return;
    event.preventDefault();
    const at = document.activeElement;
    setTimeout(() => enter(at)); // a form sends nothing while it is being sent
  },
  { capture: true },
);

// A part that refreshes keeps what a person typed or chose in it, where it misses something, and what was unfolded.
// What the page itself had put there goes: a button never goes on speaking of a turn that has moved on.
const differs = (field) =>
  field.matches("select")
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.value !== field.defaultValue;
const isOnes = (field) => "typed" in field.dataset || differs(field);

const withItsComplaint = (fresh, known) => {
  const line = known.closest(".f")?.cloneNode(true);
  if (!line) return fresh;
  line.querySelector("[autofocus]")?.removeAttribute("autofocus");
  fresh.closest(".f").replaceWith(line);
  return line.querySelector(`#${CSS.escape(known.id)}`);
};

// Who is offered by itself changes with the chain; the agent may have the one before on the telephone, and is asked.
const ofNobody = (fresh, known) => {
  const offered = (choice) => [...choice.options].find((option) => option.defaultSelected)?.value ?? "";
  return "names" in known.dataset && !isOnes(known) && offered(fresh) !== offered(known);
};

const keep = (fresh, known) => {
  if (known.matches("details")) fresh.open = known.open;
  else if (known.matches("[type=radio]")) fresh.checked = known.checked;
  else {
    const field = known.matches("[aria-invalid]") ? withItsComplaint(fresh, known) : fresh;
    if (isOnes(known)) field.value = known.value;
    if (field.matches("select") && (field.selectedIndex < 0 || ofNobody(field, known))) field.selectedIndex = 0;
  }
};

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const old = event.detail.target;
  for (const fresh of event.detail.fragment.querySelectorAll("input[id], select[id], textarea[id], details[id]")) {
    const known = old.querySelector(`#${CSS.escape(fresh.id)}`);
    if (known) keep(fresh, known);
  }
});

// The button of an agreement by telephone names who is chosen.
const nameTheChosen = () => {
  for (const choice of document.querySelectorAll("[data-names]")) {
    const named = document.getElementById(choice.dataset.names);
    const chosen = choice.querySelector("option:checked, input:checked");
    if (named) named.textContent = chosen?.dataset.name ?? "de qui\u202f?";
  }
};
document.addEventListener("change", nameTheChosen);
document.addEventListener("htmx:oobAfterSwap", nameTheChosen);
document.addEventListener("DOMContentLoaded", nameTheChosen);

// Nobody has accepted: the desk sounds until somebody mutes it or has it in hand; what comes after is heard again.
// A browser lets a page sound only once somebody has touched it.
const BEEP_EVERY_MS = 4000;
let sound = null;
for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => (sound ??= new AudioContext()), { once: true });
}
const alarms = () => [...new Set([...document.querySelectorAll("[data-alarm]")].map((one) => one.dataset.alarm))];
const muted = () => (sessionStorage.getItem("muted") ?? "").split(" ");
const ringing = () => alarms().some((alarm) => !muted().includes(alarm));
const beep = () => {
  const button = document.getElementById("muet");
  if (button) button.hidden = !ringing();
  if (!ringing() || !sound) return;
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  volume.gain.value = 0.2;
  tone.frequency.value = 880;
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.3);
};
setInterval(beep, BEEP_EVERY_MS);
document.addEventListener("htmx:afterSettle", () => (document.getElementById("muet").hidden = !ringing()));
document.addEventListener("DOMContentLoaded", beep);
document.addEventListener("click", (event) => {
  if (!event.target.closest("#muet")) return;
  sessionStorage.setItem("muted", alarms().join(" "));
  event.target.closest("#muet").hidden = true;
});

// A page that no longer refreshes says so: its queue and its countdown would lie. So does a draft that was not kept,
// and it is sent again once the line is back.
document.addEventListener("htmx:afterRequest", (event) => {
  const asker = event.detail.requestConfig.elt;
  const lost = document.getElementById("perdu");
  if (asker.id === "direct") {
    const isBack = event.detail.successful && !lost.hidden;
    lost.hidden = event.detail.successful;
    if (isBack && document.querySelector("[data-draft][data-lost]")) htmx.trigger("[data-draft]", "change");
  } else if (asker.matches("[data-draft]")) {
    asker.toggleAttribute("data-lost", !event.detail.successful);
    if (!event.detail.successful) document.getElementById("brouillon").textContent = "pas encore gardé";
  }
});
