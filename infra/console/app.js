// The shell: who is signed in, which page is shown, the navigation around it.
//
// A page is pages/<name>.js with texts in texts/<name>.<lang>.js (both languages are needed, keys start with "<name>."):
//   export async function render(root, context)   fills root, an empty element of its own; may return before its data is there
//   export function leave()                       optional; called before another page, or the same with other params, is shown
// context:
//   api, company, role, email, lang, t, toast     as in api.js, i18n.js, ui.js
//   params                    {id, more, query}: "#/clients/yc77/visits?tag=vip" → {id: "yc77", more: ["visits"], query: {tag: "vip"}}
//   navigate("#/…")           to another page
//   setQuery({tag: "new"})    changes the address without rendering again; null removes
//   can("manager")            whether this person's role is that or higher
//   live(refresh, seconds=5)  refresh() now and then while the page is shown and visible; ends with the page. It catches nothing:
//                             a Problem is ignored and the next round tries again. → function that asks for a round now
//   signal                    an AbortSignal, aborted when the page is left: api.get(path, query, {signal})

import { api, session } from "./api.js";
import { LANGUAGES, language, loadTexts, setLanguage, t } from "./i18n.js";
import { ROLES, button, empty, failure, field, h, heading, icon, link, loading, replace, toast } from "./ui.js";

const PAGES = ["today", "journeys", "clients", "services", "results", "channels", "settings", "team", "audit"];
const NARROW = 4;
const THEMES = ["auto", "light", "dark"];
const THEME = "comeback_theme";
const app = document.querySelector("#app");

let shown = null;
let settled = false;
let left = new AbortController();

// ── address ──────────────────────────────────────────────────────────────────────────────────────

function address() {
  const [path, search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, id = null, ...more] = path.split("/").map(decodeURIComponent);
  const query = Object.fromEntries(new URLSearchParams(search));
  return { name: name || "today", params: { id, more, query } };
}

function navigate(hash) {
  if (location.hash === hash) return show();
  location.hash = hash;
}

function setQuery(changes) {
  const [path, search = ""] = location.hash.split("?");
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, "", `${path || "#/today"}${text && `?${text}`}`);
}

// ── pages ────────────────────────────────────────────────────────────────────────────────────────

function leave() {
  left.abort();
  left = new AbortController();
  shown?.leave?.();
  shown = null;
}

async function show() {
  leave();
  const { signal } = left;
  const { name, params } = address();
  const root = h("div", { class: `page page-${name}`, "aria-busy": "true" }, loading());
  replace(document.querySelector("main"), root);
  mark(name);
  try {
    const page = await found(name);
    if (signal.aborted) return;
    replace(root);
    if (page) {
      shown = page;
      await page.render(root, context(params, signal));
    } else replace(root, notThere());
  } catch (problem) {
    if (signal.aborted || problem.name === "AbortError") return;
    if (!("status" in problem)) console.error(problem);
    replace(root, heading(title(name)), failure(problem, show));
  } finally {
    root.removeAttribute("aria-busy");
    if (!signal.aborted) settle(root, name);
  }
}

async function found(name) {
  if (!PAGES.includes(name)) return null;
  const taken = Promise.all([import(`./pages/${name}.js`), loadTexts(name)]);
  return taken.then(
    ([page]) => page,
    (problem) => {
      if (problem instanceof TypeError) return null;
      throw problem;
    },
  );
}

const title = (name) => (PAGES.includes(name) ? t(`page.${name}`) : t("shell.not_there"));

const notThere = () => [
  heading(t("shell.not_there")),
  empty(t("shell.not_there.hint"), null, link(t("shell.home"), "#/today", { kind: "plain" })),
];

/** A reader's focus follows to the new page's head, but not to the first one's; the tab is named after it. */
function settle(root, name) {
  const head = root.querySelector("h1");
  document.title = `${head?.textContent || title(name)} · Comeback`;
  const first = !settled;
  settled = true;
  if (first) return;
  if (document.activeElement === document.body || document.activeElement?.closest("nav")) {
    head?.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}

function context(params, signal) {
  const { company, role, email } = session.who;
  return {
    ...{ api, company, role, email, params, navigate, setQuery, signal, t, toast },
    lang: language(),
    can: (least) => ROLES[role] >= ROLES[least],
    live: (refresh, seconds = 5) => live(refresh, seconds, signal),
  };
}

function live(refresh, seconds, signal) {
  let running = false;
  const round = async () => {
    if (running || signal.aborted || document.hidden) return;
    running = true;
    try {
      await refresh();
    } catch (problem) {
      if (!("status" in problem) && problem.name !== "AbortError") throw problem;
    } finally {
      running = false;
    }
  };
  const timer = setInterval(round, seconds * 1000);
  document.addEventListener("visibilitychange", round, { signal });
  signal.addEventListener("abort", () => clearInterval(timer));
  return round;
}

// ── around the page ──────────────────────────────────────────────────────────────────────────────

function frame() {
  const menu = h("div", { class: "menu", id: "menu" }, PAGES.slice(NARROW).map(entry), account());
  const toggle = h(
    "button",
    {
      type: "button",
      class: "nav-item nav-more",
      "aria-expanded": "false",
      "aria-controls": "menu",
      onclick: () => open(toggle, toggle.getAttribute("aria-expanded") !== "true"),
    },
    icon("more"),
    h("span", t("shell.more")),
  );
  const nav = h(
    "nav",
    { class: "side", "aria-label": t("shell.navigation") },
    h("a", { class: "brand", href: "#/today", "aria-label": "Comeback" }, mascot(), h("span", "Comeback")),
    h("div", { class: "main-pages" }, PAGES.slice(0, NARROW).map(entry), toggle),
    menu,
  );
  nav.addEventListener("keydown", ({ key }) => key === "Escape" && open(toggle, false));
  replace(
    app,
    h("a", { class: "skip", href: "#main", onclick: skip }, t("shell.skip")),
    h("div", { class: "frame" }, nav, h("main", { id: "main", tabindex: "-1" })),
  );
}

const mascot = () => h("img", { src: new URL("./icon.svg", import.meta.url).pathname, alt: "", width: 28, height: 28 });

const entry = (name) =>
  h("a", { class: "nav-item", href: `#/${name}`, data: { page: name } }, icon(name), h("span", t(`page.${name}`)));

function skip(event) {
  event.preventDefault();
  document.querySelector("main").focus();
}

function open(toggle, opened) {
  toggle.setAttribute("aria-expanded", String(opened));
  toggle.closest("nav").classList.toggle("open", opened);
}

function mark(name) {
  document.querySelectorAll(".nav-item[data-page]").forEach((item) => {
    if (item.dataset.page === name) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  });
  const toggle = document.querySelector(".nav-more");
  if (toggle) open(toggle, false);
}

function account() {
  const { email, role } = session.who;
  return h(
    "div",
    { class: "account" },
    h("p", { class: "who" }, h("strong", email), h("span", { class: "soft" }, t(`role.${role}`))),
    preferences(),
    button(t("shell.sign_out"), { kind: "quiet", icon: "out", onclick: signOut }),
  );
}

/** Language and appearance; the sign-in page shows them, too. */
function preferences() {
  const lang = field({
    name: "language",
    label: t("shell.language"),
    type: "select",
    value: language(),
    options: Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
  });
  lang.input.addEventListener("change", async () => {
    setLanguage(lang.value);
    await loadTexts("shell");
    await start();
  });
  const theme = field({
    name: "theme",
    label: t("shell.theme"),
    type: "select",
    value: keptTheme(),
    options: THEMES.map((value) => ({ value, label: t(`shell.theme.${value}`) })),
  });
  theme.input.addEventListener("change", () => {
    document.cookie = `${THEME}=${theme.value}; Path=/; SameSite=Strict; Max-Age=31536000`;
    paint();
  });
  return h("div", { class: "preferences" }, lang, theme);
}

function keptTheme() {
  const kept = document.cookie.match(new RegExp(`${THEME}=(\\w+)`))?.[1];
  return THEMES.includes(kept) ? kept : "auto";
}

function paint() {
  const theme = keptTheme();
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

async function signOut() {
  await session.signOut();
  await signIn();
}

// ── start ────────────────────────────────────────────────────────────────────────────────────────

async function signIn(words) {
  leave();
  const [page] = await Promise.all([import("./pages/sign_in.js"), loadTexts("sign_in")]);
  document.querySelectorAll("dialog").forEach((each) => each.remove());
  const root = h("main", { class: "sign-in", id: "main" });
  replace(app, root);
  page.render(root, { session, preferences, words, done: enter });
  document.title = `${root.querySelector("h1").textContent} · Comeback`;
}

async function enter() {
  frame();
  await show();
}

async function start() {
  if (session.who) await enter();
  else await signIn();
}

session.onEnd(() => signIn(t("shell.ended")));
addEventListener("hashchange", () => session.who && show());

paint();
setLanguage(language());
await loadTexts("shell");
try {
  await session.resume();
  await start();
} catch (problem) {
  replace(app, h("main", { class: "sign-in" }, failure(problem, () => location.reload())));
}
