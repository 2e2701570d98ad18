// What every part of the page stands on.
export const $ = (id) => document.getElementById(id);
export const PARIS = { timeZone: "Europe/Paris" };
export const HOUR = new Intl.DateTimeFormat("fr-FR", { ...PARIS, hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const DAY = new Intl.DateTimeFormat("fr-FR", { ...PARIS, weekday: "short", day: "numeric", month: "short", year: "numeric" });

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

export async function ask(method, path, body) {
  const response = await fetch(path, {
    method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body),
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(typeof answer.detail === "string" ? answer.detail : "Numéro incomplet ou mal formé");
  return answer;
}
export const quietly = (method, path, body) => ask(method, path, body).catch((problem) => console.warn(problem.message));

const drawn = new WeakMap();
export function redraw(slot, facts, draw) {
  const key = JSON.stringify(facts);
  if (drawn.get(slot) === key) return;
  drawn.set(slot, key);
  slot.replaceChildren(...[draw()].flat().filter(Boolean));
}
