// The phones page. `?wall=3` shows the three most recently active phones; a click on the list pins one.
const api = "/phones/api/phones";
const wallSize = Number(new URLSearchParams(location.search).get("wall")) || 1;
const list = document.querySelector("#list");
const wall = document.querySelector("#wall");
const search = document.querySelector("#search");
const template = document.querySelector("#phone-template");
let phones = [];
let pinned = "";
let seenChanges = -1;

const time = (iso) => new Date(iso).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const initials = (name) => name.split(" ").map((word) => word[0]).slice(0, 2).join("");

async function post(id, verb, body = {}) {
  const answer = await fetch(`${api}/${id}/${verb}`, { method: "POST", body: JSON.stringify(body) });
  const problem = answer.ok ? "" : (await answer.json()).error;
  await refresh(true);
  const card = wall.querySelector(`[data-id="${CSS.escape(id)}"] .problem`);
  if (card) card.textContent = problem;
}

function drawList() {
  const wanted = search.value.trim().toLowerCase();
  const shown = phones.filter((p) => p.name.toLowerCase().includes(wanted)).slice(0, 100);
  list.replaceChildren(...shown.map((phone) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-current", String(phone.id === pinned));
    button.append(phone.name);
    const last = document.createElement("small");
    last.textContent = phone.last ? phone.last.text.split("\n")[0] : "no messages yet";
    button.append(last);
    button.onclick = () => { pinned = phone.id; refresh(true); };
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

function bubbleOf(phone, message, isLast) {
  const item = document.createElement("li");
  item.className = message.mine ? "bubble mine" : "bubble";
  item.append(message.text);
  if (message.buttons.length && isLast) {
    const buttons = document.createElement("div");
    buttons.className = "buttons";
    for (const { id, title } of message.buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.onclick = () => post(phone.id, "press", { message_id: message.message_id, button_id: id });
      buttons.append(button);
    }
    item.append(buttons);
  }
  const stamp = document.createElement("small");
  stamp.textContent = `${time(message.at)}${message.status === "read" ? " · read" : ""}`;
  item.append(stamp);
  return item;
}

function drawPhone(phone) {
  let card = wall.querySelector(`[data-id="${CSS.escape(phone.id)}"]`);
  if (!card) {
    card = template.content.firstElementChild.cloneNode(true);
    card.dataset.id = phone.id;
    card.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      const input = event.target.elements.text;
      post(phone.id, "say", { text: input.value, channel: card.dataset.channel });
      input.value = "";
    };
    card.querySelector(".hold").onclick = () => post(phone.id, card.dataset.held === "true" ? "release" : "hold");
  }
  const lastIn = phone.thread.findLast((m) => !m.mine);
  card.dataset.channel = lastIn ? lastIn.channel : phone.channels[0];
  card.dataset.held = String(phone.held);
  card.querySelector(".avatar").textContent = initials(phone.name);
  card.querySelector("h2").textContent = phone.name;
  card.querySelector(".channel").textContent = card.dataset.channel;
  const hold = card.querySelector(".hold");
  hold.textContent = phone.held ? "Let them answer" : "Take this phone";
  hold.setAttribute("aria-pressed", String(phone.held));
  const thread = card.querySelector(".thread");
  const lastWithButtons = phone.thread.findLastIndex((m) => !m.mine && m.buttons.length);
  thread.replaceChildren(...phone.thread.map((m, i) => bubbleOf(phone, m, i === lastWithButtons)));
  thread.scrollTop = thread.scrollHeight;
  return card;
}

async function refresh(force = false) {
  const state = await (await fetch(api)).json();
  document.querySelector("#now").textContent = time(state.now);
  if (!force && state.changes === seenChanges) return;
  seenChanges = state.changes;
  phones = state.phones;
  drawList();
  const active = phones.filter((p) => p.messages && p.id !== pinned).map((p) => p.id);
  const shown = [...(pinned ? [pinned] : []), ...active].slice(0, wallSize);
  const full = await Promise.all(shown.map(async (id) => (await fetch(`${api}/${encodeURIComponent(id)}`)).json()));
  wall.replaceChildren(...full.map(drawPhone));
}

search.oninput = drawList;
async function live() {
  try { await refresh(); } catch { /* the world stopped: keep what is on the screen, try again */ }
  setTimeout(live, 700);
}
live();
