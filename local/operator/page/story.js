// The story that is played here, and the clock of operator and application.
import { $, PARIS, ask, quietly } from "./base.js";

const STAMP = new Intl.DateTimeFormat("sv-SE", { ...PARIS, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
let offset = 0;

export const now = () => Date.now() + offset * 1000;
export function drawClock(clock) {
  offset = clock.offset_s;
}

export function drawStory(story) {
  $("story").hidden = !story;
  if (!story) return;
  $("story-name").textContent = story.name;
  $("story-state").textContent = story.again ? "La nuit va reprendre depuis le début." : story.playing ? "La nuit se joue en ce moment." : "La nuit est jouée\u202f: à vous d’essayer, ou de la revoir.";
  $("again").hidden = story.playing || story.again;
}

const stamp = (at) => STAMP.format(new Date(at)).replace(" ", "T");
function ofParis(typed) {
  const wanted = Date.parse(`${typed}Z`);
  return [0, 1].reduce((at) => wanted - (Date.parse(`${stamp(at)}Z`) - at), wanted);
}
async function setOffset(seconds) {
  offset = seconds;
  await quietly("PUT", "/clock", { offset_s: offset });
  $("time").open = false;
}

$("again").addEventListener("click", async () => {
  try {
    await ask("POST", "/story/again");
    $("story-refusal").hidden = true;
  } catch {
    $("story-refusal").textContent = "Personne n’est là pour la rejouer.";
    $("story-refusal").hidden = false;
  }
});
$("time").addEventListener("toggle", () => { $("moment").value = stamp(now()).slice(0, 16); });
$("set-clock").addEventListener("submit", (event) => {
  event.preventDefault();
  $("clock-refusal").hidden = Boolean($("moment").value);
  $("clock-refusal").textContent = "Il manque la date ou l’heure";
  if ($("moment").value) setOffset((ofParis($("moment").value) - Date.now()) / 1000);
});
for (const button of document.querySelectorAll("[data-add]")) button.addEventListener("click", () => setOffset(offset + Number(button.dataset.add)));
$("real-time").addEventListener("click", () => setOffset(0));
