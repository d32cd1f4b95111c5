// The phones page. `?wall=3` shows the three most recently active phones; a click on the list pins one.
const api = "/phones/api/phones";
const wallSize = Number(new URLSearchParams(location.search).get("wall")) || 1;
const find = (selector, within = document) => within.querySelector(selector);
const [list, wall, search, nobody] = ["#list", "#wall", "#search", "#nobody"].map((s) => find(s));
const template = find("#phone-template");
const CHANNELS = { telegram: "Telegram", whatsapp: "WhatsApp" };
const LISTED = 100;
let phones = [];
let pinned = "";
let seenChanges = -1;
let drawing = Promise.resolve();

const day = { weekday: "short", day: "numeric", month: "short" };
const hour = { hour: "2-digit", minute: "2-digit" };
const told = (iso, zone, parts) => new Date(iso).toLocaleString("en-GB", { timeZone: zone, ...parts });
const initials = (name) => name.split(" ").map((word) => word[0] ?? "").slice(0, 2).join("");
const hue = (id) => [...id].reduce((sum, letter) => (sum * 137 + letter.codePointAt(0)) % 360, 7);

function made(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  node.className = className;
  return node;
}

function avatar(node, phone) {
  node.textContent = initials(phone.name);
  node.style.setProperty("--hue", hue(phone.id));
  return node;
}

async function post(id, verb, body = {}) {
  const url = `${api}/${encodeURIComponent(id)}/${verb}`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const problem = answer.ok ? "" : (await answer.json()).error;
  await refresh(true);
  const card = cardOf(id);
  if (card) find(".problem", card).textContent = problem;
}

function listed(phone) {
  const button = made("button");
  button.type = "button";
  button.dataset.id = phone.id;
  button.setAttribute("aria-current", String(phone.id === pinned));
  const face = avatar(made("span", "", "avatar"), phone);
  face.setAttribute("aria-hidden", "true");
  const when = phone.last ? told(phone.last.at, phone.time_zone, hour) : "";
  const last = phone.last ? phone.last.text.split("\n")[0] || "Picture" : "no messages yet";
  button.append(face, made("b", phone.name), made("small", when), made("small", last, "last"));
  button.onclick = () => { pinned = phone.id; refresh(true); };
  const item = made("li");
  item.append(button);
  return item;
}

function drawList() {
  const wanted = search.value.trim().toLowerCase();
  const shown = phones.filter((p) => p.name.toLowerCase().includes(wanted)).slice(0, LISTED);
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : "";
  list.replaceChildren(...shown.map(listed));
  nobody.textContent = wanted && !shown.length ? "Nobody is called so." : "";
  if (focused) find(`[data-id="${CSS.escape(focused)}"]`, list)?.focus();
}

/** It is loaded after the thread was scrolled to its end. */
function pictureOf(message) {
  const image = made("img");
  image.alt = "Picture";
  image.onload = () => { const thread = image.closest(".thread"); thread.scrollTop = thread.scrollHeight; };
  image.src = message.picture;
  return image;
}

function bubbleOf(phone, message, canPress) {
  const item = made("li", message.text, message.mine ? "bubble mine" : "bubble");
  if (message.picture) item.prepend(pictureOf(message));
  if (canPress) {
    const buttons = made("div", "", "buttons");
    for (const { id, title } of message.buttons) {
      const button = made("button", title);
      button.type = "button";
      button.onclick = () => post(phone.id, "press", { message_id: message.message_id, button_id: id });
      buttons.append(button);
    }
    item.append(buttons);
  }
  const read = !message.mine && message.status === "read" ? " · read" : "";
  item.append(made("small", told(message.at, phone.time_zone, hour) + read));
  return item;
}

function threadOf(phone) {
  const pressable = phone.thread.findLastIndex((m) => !m.mine && m.buttons.length);
  let lastDay = "";
  return phone.thread.flatMap((message, i) => {
    const today = told(message.at, phone.time_zone, day);
    const mark = today === lastDay ? [] : [made("li", today, "day")];
    lastDay = today;
    return [...mark, bubbleOf(phone, message, i === pressable)];
  });
}

const cardOf = (id) => find(`.phone[data-id="${CSS.escape(id)}"]`, wall);

function newCard(id) {
  const card = template.content.firstElementChild.cloneNode(true);
  card.dataset.id = id;
  find("form", card).onsubmit = (event) => {
    event.preventDefault();
    const input = event.target.elements.text;
    const text = input.value.trim();
    input.value = "";
    if (text) post(id, "say", { text, channel: card.dataset.channel });
  };
  find(".hold", card).onclick = () => post(id, card.dataset.held === "true" ? "release" : "hold");
  return card;
}

function drawPhone(card, phone, now) {
  const lastIn = phone.thread.findLast((m) => !m.mine);
  card.dataset.channel = lastIn ? lastIn.channel : phone.channels[0];
  card.dataset.held = String(phone.held);
  card.setAttribute("aria-label", phone.name);
  avatar(find(".avatar", card), phone);
  find("h2", card).textContent = phone.name;
  find(".channel", card).textContent = CHANNELS[card.dataset.channel] ?? "";
  find(".hour", card).textContent = told(now, phone.time_zone, hour);
  const hold = find(".hold", card);
  hold.textContent = phone.held ? "Let them answer" : "Take this phone";
  hold.setAttribute("aria-pressed", String(phone.held));
  const input = find("input", card);
  for (const field of [input, find("form button", card)]) field.disabled = !lastIn;
  input.placeholder = lastIn ? "Message" : "Nobody has written here yet";
  const drawn = JSON.stringify(phone.thread);
  if (card.drawn === drawn) return;
  card.drawn = drawn;
  const thread = find(".thread", card);
  thread.replaceChildren(...threadOf(phone));
  thread.scrollTop = thread.scrollHeight;
}

/** Those shown keep their places, so that nothing jumps under the hand. */
function arranged(wanted) {
  const before = [...wall.children].map((card) => card.dataset.id);
  const fresh = wanted.filter((id) => !before.includes(id));
  const kept = before.map((id) => (wanted.includes(id) ? id : fresh.shift()));
  return [...kept, ...fresh].filter(Boolean);
}

async function draw(force) {
  const state = await (await fetch(api)).json();
  const zone = state.phones[0]?.time_zone ?? "UTC";
  find("#now").textContent = told(state.now, zone, { ...day, ...hour });
  for (const clock of wall.querySelectorAll(".hour")) clock.textContent = told(state.now, zone, hour);
  const changes = `${state.changes}/${state.phones.length}`;
  if (!force && changes === seenChanges) return;
  phones = state.phones;
  drawList();
  const active = phones.filter((p) => p.messages && p.id !== pinned).map((p) => p.id);
  const exists = phones.some((p) => p.id === pinned);
  const ids = arranged([...(exists ? [pinned] : []), ...active].slice(0, wallSize));
  const full = await Promise.all(ids.map(async (id) => (await fetch(`${api}/${encodeURIComponent(id)}`)).json()));
  const cards = ids.map((id) => cardOf(id) ?? newCard(id));
  if (cards.length !== wall.children.length || cards.some((card, i) => card !== wall.children[i])) {
    wall.replaceChildren(...cards);
  }
  full.forEach((phone, i) => drawPhone(cards[i], phone, state.now));
  seenChanges = changes;
}

/** One at a time: an older answer must not be drawn over a newer one. */
function refresh(force = false) {
  drawing = drawing.catch(() => {}).then(() => draw(force));
  return drawing;
}

search.oninput = drawList;
async function live() {
  try { await refresh(); } catch { /* the world stopped: keep what is on the screen, try again */ }
  setTimeout(live, 700);
}
live();
