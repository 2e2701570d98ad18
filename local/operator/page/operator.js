// The page asks for what changed and waits for the next change; nothing is drawn again that stayed the same.
import { $, DAY, HOUR, ask, h, quietly, redraw } from "./base.js";
import { drawClock, drawStory, now } from "./story.js";

const STATUS = {
  queued: ["En file d’appel", "info"], ringing: ["Sonne", "wait"], "in-progress": ["En ligne", "ok"],
  completed: ["Terminé", ""], busy: ["Occupé", "bad"], "no-answer": ["Sans réponse", "bad"],
  failed: ["Échoué", "bad"], canceled: ["Annulé", ""],
};
const SMS = { queued: ["En file", ""], sent: ["Envoyé", "info"], delivered: ["Remis", "ok"], undelivered: ["Non remis", "bad"], failed: ["Échoué", "bad"] };
const ANSWERING = { manual: "Attend qu’on décroche", answer: "Décroche seul", no_answer: "Ne répond pas", busy: "Occupé", voicemail: "Répondeur", unreachable: "Injoignable" };
const RECEPTION = { delivered: ["Remis", 30003], undelivered: ["Non remis : injoignable (30003)", 30003], failed: ["Échoué : numéro inconnu (30005)", 30005], opted_out: ["Refusé : désinscrit (21610)", 30003], not_a_mobile: ["Refusé : ligne fixe (21614)", 30003], no_receipt: ["Aucun accusé", 30003] };
const FAULTS = {
  429: { word: "Trop de requêtes (429)", body: { status: 429 } },
  503: { word: "Erreur du serveur (503)", body: { status: 503 } },
  late: { word: "Réponse lente", body: {}, delay: 1.5 },
  timeout: { word: "Sans réponse après acceptation", body: { status: 504, after: true }, delay: 5 },
  duplicate: { word: "Rappel en triple", webhook: true },
  reordered: { word: "Rappel dans le désordre", webhook: true, delay: 5 },
  lost: { word: "Rappel perdu", webhook: true },
  slow: { word: "Rappel lent", webhook: true, delay: 5 },
  signature: { word: "Rappel signé d’un jeton révoqué", webhook: true },
};
const REQUESTS = { "/2010-04-01": "tout l’opérateur", "/Calls": "les appels", "/Messages": "les SMS", "/ses/": "les courriels", "/Recordings": "les enregistrements", "/Conferences": "les conférences" };
const WEBHOOKS = { POST: "tous les rappels", "/telephony/notices/voice": "les appels d’astreinte", "/telephony/notices/sms": "les accusés des SMS", "/telephony/calls": "les appels reçus", "/telephony/agents": "les téléphones du poste", "/telephony/conferences": "les conférences", "/telephony/recordings": "les enregistrements" };
const SUBJECTS = { story: "Histoire", phones: "Téléphones", calls: "Appels", sent: "Envois", events: "Événements", faults: "Pannes", operator: "Opérateur" };
let names = new Map();

const chip = ([word, state]) => h("span", { class: "st", "data-s": state }, word);
const hour = (at) => HOUR.format(new Date(at)).slice(0, 5).replace(":", "\u00a0h\u00a0");
const day = (at) => `${DAY.format(new Date(at))}, ${hour(at)}`;
const french = (number) => /^\+33\d{9}$/.test(number) ? `0${number.slice(3)}`.replace(/(\d\d)(?=\d)/g, "$1\u00a0") : number;
const e164 = (typed) => typed.trim() && typed.replace(/[\s.()-]/g, "").replace(/^00/, "+").replace(/^0/, "+33");
const who = (number) => names.get(number) || (number ? french(number) : "numéro masqué");
const linked = (text) => text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)»])/).map((part, index) =>
  index % 2 ? h("a", { href: part, target: "_blank", rel: "noopener" }, part) : part);

function transcript(lines) {
  const merged = [];
  for (const line of lines) {
    const last = merged.at(-1);
    if (last && last.text === line.text && last.kind === line.kind && line.kind !== "key") last.times += 1;
    else merged.push({ ...line, times: 1 });
  }
  const words = { key: (t) => `Touche ${t}`, said: (t) => `«\u202f${t}\u202f»`, heard: (t) => `«\u202f${t}\u202f»`, voice: (t) => `Dit : «\u202f${t}\u202f»` };
  return h("ul", { class: "heard", "aria-label": "Entendu" }, merged.map((line) =>
    h("li", { "data-k": line.kind }, h("time", {}, HOUR.format(new Date(line.at))),
      h("p", {}, (words[line.kind] || String)(line.text), line.times > 1 ? h("span", { class: "times" }, ` × ${line.times}`) : null))));
}

function whereabouts(call) {
  if (call.on_hold) return " · en attente, mis de côté";
  if (call.conference) return " · en conférence";
  return call.queue ? ` · dans la file ${call.queue}` : "";
}

function liveCall(call) {
  const other = call.direction === "inbound" ? call.to : call.from;
  const sense = call.direction === "inbound" ? "Appelle" : "Appelé par";
  const list = transcript(call.transcript);
  requestAnimationFrame(() => { list.scrollTop = list.scrollHeight; });
  return [h("p", { class: "with" }, `${sense} `, h("b", {}, who(other)), whereabouts(call)),
    call.transcript.length ? list : null,
    ...call.errors.map((error) => h("p", { class: "refusal" }, error))];
}

function pastCall(call) {
  const length = call.duration_s ? ` · ${call.duration_s} s` : "";
  return h("li", {}, h("p", {}, `${hour(call.placed_at)} `, chip(STATUS[call.status] || [call.status, ""]), length),
    transcript(call.transcript), ...call.errors.map((error) => h("p", { class: "refusal" }, error)));
}

const cards = new Map();
function card(phone) {
  if (cards.has(phone.id)) return cards.get(phone.id);
  const to = (action, body) => () => quietly("POST", `/phones/${encodeURIComponent(phone.id)}/${action}`, body);
  const parts = {
    head: h("header"), calls: h("div", { class: "body-part" }), past: h("div"), got: h("div"),
    answer: h("button", { "data-k": "primary", onclick: to("answer") }, "Décrocher"),
    hang: h("button", { "data-k": "danger", onclick: to("hang-up") }, "Raccrocher"),
    keys: h("div", { class: "keys", role: "group", "aria-label": "Clavier" },
      [..."123456789*0#"].map((key) => h("button", { onclick: to("press", { keys: key }) }, key))),
  };
  const words = h("input", { "aria-label": "Dire à l’autre personne", placeholder: "Dire à l’autre personne…" });
  parts.speak = h("form", { class: "speak", onsubmit: (event) => {
    event.preventDefault();
    if (words.value.trim()) to("speak", { text: words.value.trim() })();
    words.value = "";
  } }, words, h("button", {}, "Dire"));
  parts.behave = phone.number ? behaviourForm(phone) : null;
  parts.card = h("article", { class: "phone" }, parts.head,
    h("div", { class: "body" }, parts.calls, parts.keys, parts.speak,
      h("div", { class: "acts" }, parts.answer, parts.hang), parts.got, parts.past, parts.behave?.form ?? null));
  cards.set(phone.id, parts);
  return parts;
}

function behaviourForm(phone) {
  const id = (name) => `${name}-${phone.id.slice(1)}`;
  const choice = h("select", { id: id("b") }, Object.entries(ANSWERING).map(([value, word]) => h("option", { value }, word)));
  const after = h("input", { id: id("a"), type: "number", min: "0", max: "600", step: "any" });
  const keys = h("input", { id: id("k"), placeholder: "1 1" });
  const sms = h("select", { id: id("s") }, Object.entries(RECEPTION).map(([value, [word]]) => h("option", { value }, word)));
  const done = h("button", {}, "Appliquer dès le prochain appel");
  let known = null;
  const show = (behaviour) => {
    if (JSON.stringify(known) === JSON.stringify(behaviour)) return;
    known = behaviour;
    [choice.value, after.value, keys.value, sms.value] = [behaviour.answering, behaviour.after_s, behaviour.keys.join(" "), behaviour.sms];
  };
  const form = h("details", { class: "behave" }, h("summary", {}, "Comportement"), h("form", { onsubmit: async (event) => {
    event.preventDefault();
    const body = { ...known, answering: choice.value, after_s: Number(after.value), keys: keys.value.split(/\s+/).filter(Boolean), sms: sms.value, sms_error: RECEPTION[sms.value][1] };
    await quietly("PUT", `/phones/${encodeURIComponent(phone.id)}/behaviour`, body);
  } }, h("label", { for: id("b") }, "Quand il sonne"), h("label", { for: id("a") }, "Après (s)"), choice, after,
    h("label", { for: id("k") }, "Touches, une par menu"), h("span"), keys, h("span"),
    h("label", { for: id("s") }, "Quand un SMS arrive"), h("span"), sms, h("span"), done));
  return { form, show };
}

function drawPhone(phone, messages) {
  const live = phone.calls.filter((call) => call.live);
  const past = phone.calls.filter((call) => !call.live).reverse();
  const talking = live.some((call) => call.status === "in-progress");
  const state = phone.ringing ? "ringing" : live.length ? "talking" : "idle";
  const parts = card(phone);
  parts.card.dataset.s = state;
  parts.behave?.show(phone.behaviour);
  redraw(parts.head, [phone.name, state, talking, phone.behaviour.answering], () => [
    h("div", {}, h("h2", {}, phone.name || who(phone.number)),
      phone.name ? h("p", {}, french(phone.number)) : null,
      state === "idle" && phone.behaviour.answering !== "manual" ? h("p", {}, ANSWERING[phone.behaviour.answering]) : null),
    chip(state === "ringing" ? ["Sonne", "wait"] : talking ? ["En ligne", "ok"] : live.length ? ["Compose", "info"] : ["Libre", ""])]);
  redraw(parts.calls, live, () => live.flatMap(liveCall));
  parts.answer.hidden = !phone.ringing;
  parts.hang.hidden = !live.length;
  parts.hang.textContent = phone.ringing ? "Refuser" : "Raccrocher";
  parts.keys.hidden = !live.some((call) => call.listening);
  parts.speak.hidden = !live.some((call) => call.connected);
  redraw(parts.got, messages, () => messages.length && h("details", { class: "got", open: true },
    h("summary", {}, messages.length > 1 ? `${messages.length} SMS reçus` : "1 SMS reçu"),
    h("ul", {}, messages.slice(-3).reverse().map((message) => h("li", {},
      h("p", {}, linked(message.body)), h("p", { class: "small" }, `${message.from}, ${hour(message.at)}`))))));
  redraw(parts.past, past, () => past.length && h("details", { class: "past" }, h("summary", {}, "Derniers appels"), h("ul", {}, past.map(pastCall))));
  return [state, parts.card];
}

function nameNumbers(directory, numbers, phones) {
  names = new Map([...Object.entries(directory), ...numbers.map((number) => [number.number, number.name]), ...phones.map((phone) => [phone.number, phone.name])].filter(([number, name]) => number && name));
  const ours = new Set(numbers.map((number) => number.number));
  const known = new Map([...names].filter(([number]) => !ours.has(number)));
  for (const phone of phones) if (phone.number && !known.has(phone.number)) known.set(phone.number, "");
  redraw($("known"), [...known], () => [...known].map(([number, name]) => h("option", { value: french(number) }, name)));
}

function drawPhones(phones, messages) {
  const order = { ringing: 0, talking: 1, idle: 2 };
  const last = (phone) => phone.calls.at(-1)?.placed_at || "";
  inOrder = [...phones].sort((a, b) => last(b).localeCompare(last(a)))
    .map((phone) => drawPhone(phone, messages.filter((message) => message.to === phone.number)))
    .sort((a, b) => order[a[0]] - order[b[0]]).map(([, element]) => element);
  arrange();
  const ringing = phones.filter((phone) => phone.ringing).length;
  count("phones", ringing ? `${ringing} sonne${ringing > 1 ? "nt" : ""}` : phones.length, phones.length, ringing ? "wait" : "");
  document.title = ringing ? `(${ringing}) Opérateur local` : "Opérateur local";
  const errors = phones.flatMap((phone) => phone.calls.flatMap((call) => call.errors.map((error) => [who(phone.number), error])));
  $("problems").hidden = !errors.length;
  redraw($("problems"), errors, () => errors.slice(-3).map(([phone, error]) => h("p", {}, h("b", {}, `Appel de ${phone} : `), error)));
}

let inOrder = [];
let arranged = [];
function arrange() {
  const many = Math.floor($("phones").parentElement.clientWidth / 320) || 1;
  const order = [many, ...inOrder];
  if (order.length === arranged.length && order.every((element, index) => element === arranged[index])) return;
  arranged = order;
  const focused = document.activeElement;
  $("phones").replaceChildren(...Array.from({ length: many }, (_, column) =>
    h("div", { class: "column" }, inOrder.filter((_, index) => index % many === column))));
  for (const list of $("phones").querySelectorAll(".body-part .heard")) list.scrollTop = list.scrollHeight;
  focused?.focus({ preventScroll: true });
}

function drawMessages(messages) {
  redraw($("messages"), [messages, [...names]], () => [...messages].reverse().map((message) => h("li", {},
    h("div", { class: "split" }, h("h3", {}, who(message.to)), chip(SMS[message.status] || [message.status, ""])),
    h("p", { class: "text" }, linked(message.body)),
    h("p", { class: "small" }, `De ${message.from} · ${day(message.at)} · ${message.segments > 1 ? `${message.segments} segments` : "1 segment"}, ${message.alphabet}`,
      message.error_code ? ` · code ${message.error_code}` : ""))));
  count("messages", messages.length, messages.length);
}

let openMail = null;
let mails = [];
function drawMails() {
  openMail = mails.find((mail) => mail.id === openMail?.id) || mails.at(-1) || null;
  redraw($("mails"), [mails.length, openMail?.id], () => [...mails].reverse().map((mail) => h("li", {}, h("button", {
    "aria-current": mail.id === openMail?.id ? "true" : null, onclick: () => { openMail = mail; drawMails(); },
  }, h("b", {}, mail.subject || "(sans objet)"), h("span", { class: "small" }, `à ${mail.to.join(", ")}`), h("span", { class: "small" }, day(mail.at))))));
  $("mail").hidden = !openMail;
  redraw($("mail"), openMail, () => openMail && [h("h2", {}, openMail.subject || "(sans objet)"),
    h("dl", {}, h("dt", {}, "De"), h("dd", {}, openMail.from), h("dt", {}, "À"), h("dd", {}, openMail.to.join(", ")), h("dt", {}, "Le"), h("dd", {}, day(openMail.at))),
    openMail.attachments.length ? h("div", { class: "files" }, openMail.attachments.map((file) =>
      h("a", { href: file.url, download: file.name }, `${file.name} (${Math.max(1, Math.round(file.size / 1024))} ko)`))) : null,
    openMail.html ? h("iframe", { src: `/mails/${openMail.id}/html`, sandbox: "allow-popups allow-popups-to-escape-sandbox", title: "Corps du courriel" }) : null,
    h("details", { open: !openMail.html }, h("summary", {}, "Version texte"), h("pre", {}, openMail.text || "(aucune)")),
    h("p", { class: "small" }, h("a", { href: openMail.raw_url }, "Message complet (.eml)"))]);
  count("mails", mails.length, mails.length);
}

function drawWebhooks(webhooks) {
  redraw($("webhooks"), webhooks, () => webhooks.slice(-200).reverse().map((sent) => {
    const url = new URL(sent.url);
    const params = Object.entries(sent.params).filter(([, value]) => value);
    return h("tr", {}, h("td", {}, HOUR.format(new Date(sent.at))),
      h("td", {}, h("details", {}, h("summary", {}, h("code", {}, `${sent.method} ${url.pathname}${url.search}`)),
        h("dl", {}, params.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])))),
      h("td", {}, chip(sent.problem ? [sent.problem, "bad"] : [String(sent.status), "ok"])), h("td", { class: "n" }, `${sent.duration_ms}\u00a0ms`));
  }));
  count("webhooks", webhooks.length, webhooks.length);
}

function drawFaults(faults) {
  const all = [...Object.entries(faults.requests).map(([n, fault]) => ({ n, fault, where: REQUESTS, kind: fault.status === 429 ? 429 : fault.after ? "timeout" : fault.status ? 503 : "late" })),
    ...Object.entries(faults.webhooks).map(([n, fault]) => ({ n, fault, where: WEBHOOKS, kind: fault.mishap }))];
  redraw($("faults"), all, () => all.map(({ n, fault, where, kind }) => {
    const [first, ...more] = fault.match.split(" ");
    const number = more.find((word) => word.startsWith("To="));
    return h("tr", {}, h("td", {}, h("b", {}, FAULTS[kind].word), FAULTS[kind].delay ? h("span", { class: "small" }, ` · ${fault.delay_s}\u00a0s`) : null),
      h("td", {}, where[first] && more.every((word) => word === number) ? `${where[first]}${number ? `, ${who(number.slice(3))}` : ""}` : h("code", {}, fault.match)),
      h("td", { class: "n" }, `${fault.times} fois`),
      h("td", { class: "n" }, h("button", { onclick: () => quietly("DELETE", `/faults/${n}`) }, "Retirer")));
  }));
  $("faults-panel").hidden = !all.length;
  count("faults", all.length, all.length, all.length ? "wait" : "");
}

function tellNumber() {
  $("to-number").textContent = french($("to").value);
}

function chooseFault() {
  const kind = FAULTS[$("fault-kind").value];
  redraw($("fault-where"), Boolean(kind.webhook), () => Object.entries(kind.webhook ? WEBHOOKS : REQUESTS).map(([value, word]) => h("option", { value }, word)));
  $("fault-delay").value = kind.delay ?? 0;
  $("fault-delay").disabled = !kind.delay;
}

function count(what, shown, number, state = "") {
  $(`count-${what}`).textContent = shown;
  $(`count-${what}`).dataset.s = state;
  $(`no-${what}`).hidden = number > 0;
}

async function refresh() {
  const [phones, messages, received, webhooks, numbers, clock, faults, pace, directory, story] = await Promise.all(
    ["/phones", "/messages", "/mails", "/webhooks", "/numbers", "/clock", "/faults", "/pace", "/directory", "/story"].map((path) => ask("GET", path)));
  drawClock(clock);
  mails = received;
  nameNumbers(directory, numbers, phones);
  drawStory(story);
  drawPhones(phones, messages);
  drawMessages(messages);
  drawMails();
  drawWebhooks(webhooks);
  drawFaults(faults);
  $("pace").elements.paced.checked = pace.calls_per_second > 0;
  redraw($("to"), numbers, () => numbers.map((number) => h("option", { value: number.number }, number.name || french(number.number))));
  tellNumber();
}

async function follow() {
  for (;;) {
    try {
      const { version } = await ask("GET", "/state/version");
      await refresh();
      $("link").textContent = "En direct";
      $("link").dataset.s = "ok";
      await ask("GET", `/state/version?after=${version}&timeout=25`);
      await new Promise((next) => setTimeout(next, 80));
    } catch {
      $("link").textContent = "Opérateur injoignable, nouvel essai";
      $("link").dataset.s = "bad";
      await new Promise((next) => setTimeout(next, 1500));
    }
  }
}

async function listCommands() {
  const { paths } = await ask("GET", "/openapi.json");
  const commands = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, command]) => [command.tags[0], `${method.toUpperCase()} ${path}`, command.summary]));
  $("commands").replaceChildren(...commands.sort((a, b) => a[0].localeCompare(b[0])).map(([subject, request, effect]) =>
    h("tr", {}, h("td", {}, SUBJECTS[subject]), h("td", {}, h("code", {}, request)), h("td", { lang: "en" }, effect))));
}

function show() {
  const wanted = location.hash.slice(1) || "telephones";
  for (const view of document.querySelectorAll(".view")) view.classList.toggle("shown", view.id === wanted);
  for (const link of document.querySelectorAll(".bar nav a")) link.toggleAttribute("aria-current", link.hash === `#${wanted}`);
  arrange();
  scrollTo(0, 0);
}

$("to").addEventListener("change", tellNumber);
$("place").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const body = { from: form.get("withheld") ? null : e164(form.get("from")), to: form.get("to"), forwarded_from: e164(form.get("forwarded")) || null };
  const missing = body.from === "" ? "Il manque le numéro du téléphone, ou « numéro masqué »" : "";
  try {
    if (missing) throw new Error(missing);
    await ask("POST", "/calls", body);
    $("refusal").hidden = true;
  } catch (problem) {
    $("refusal").textContent = problem.message;
    $("refusal").hidden = false;
  }
});
$("fault-kind").append(...[["Requêtes de l’application", false], ["Rappels vers l’application", true]].map(([label, webhook]) =>
  h("optgroup", { label }, Object.entries(FAULTS).filter(([, fault]) => Boolean(fault.webhook) === webhook).map(([value, fault]) => h("option", { value }, fault.word)))));
$("fault-kind").addEventListener("change", chooseFault);
$("fault").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const kind = FAULTS[form.get("kind")];
  const number = e164(form.get("phone"));
  const fault = { match: [form.get("where"), number && `To=${number}`].filter(Boolean).join(" "), times: Number(form.get("times")), delay_s: Number(form.get("delay") || 0) };
  try {
    if (number && !/^\+\d{7,15}$/.test(number)) throw new Error("Numéro incomplet ou mal formé");
    await ask("POST", kind.webhook ? "/faults/webhooks" : "/faults", kind.webhook ? { ...fault, mishap: form.get("kind") } : { ...fault, ...kind.body });
    $("fault-refusal").hidden = true;
  } catch (problem) {
    $("fault-refusal").textContent = problem.message;
    $("fault-refusal").hidden = false;
  }
});
$("clear-faults").addEventListener("click", () => quietly("DELETE", "/faults"));
$("pace").addEventListener("change", (event) => quietly("PUT", "/pace", { calls_per_second: event.target.checked ? 1 : 0 }));
chooseFault();
addEventListener("hashchange", show);
addEventListener("resize", arrange);
setInterval(() => { $("clock").textContent = day(now()); }, 1000);
show();
listCommands();
follow();
