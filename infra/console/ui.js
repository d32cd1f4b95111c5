// The console's parts. Everything is made with DOM calls: no HTML strings, no inline style attribute (the CSP forbids both).
//
//   h(tag, props?, ...children)        an element. props: class, on… (function), style: {name: value}, data: {…}, any attribute;
//                                      true = present, false/null/undefined = absent. Children: nodes, texts, arrays, null
//   svg(tag, props?, ...children)      the same in SVG
//   replace(root, ...children)         instead of what root held
//   icon(name)                         today journeys clients services results channels settings team audit more close search
//                                      check alert plus back out clock send calendar play pause download phone
//   heading(title, {about, actions, back: {href, label}})   a page's head with its one <h1>
//   card(title | null, ...children)    a section; title may be null.    grid(...children): cards side by side where there is room
//   button(label, {onclick, kind: "primary"|"plain"|"danger"|"quiet", icon, disabled, type, small})
//                                      busy while an async onclick runs; its Problem is shown as a toast
//   link(label, href, {kind, icon, download})               an <a>; kind as a button's, or none
//   badge(text, tone: "plain"|"good"|"warn"|"bad"|"info")   note(tone, ...children): a box in that tone
//   stat(label, value, {note, tone, href})                  one big number.      stats(...stat): a row of them
//   facts([[label, value], …])         a definition list; pairs whose value is undefined are left out
//   table({caption, columns: [{label, cell: (row) => node|text, align: "end", wide}], rows, href: (row) => "#/…", empty, key})
//                                      turns into cards at 360 px. href makes the first cell a link
//   paged({load: (cursor) => Promise<{items, next}>, draw: (items) => node, empty})  → element with “show more”; .reload()
//   timeline([{at, title, text, tone, icon, body}])         in the order given; at = ISO
//   tabs([{key, label}], selected, onselect)                onselect(key); → element
//   choice({label, options: [{value, label}], value, onchange})   a segmented switch of radio buttons
//   field({name, label, type, value, hint, required, options, min, max, step, rows, suffix, autocomplete, …attributes})
//                                      types: text email password tel url number date time textarea select checkbox switch.
//                                      → element with .input, .value (number for number, boolean for checkbox; null when empty),
//                                      .fail(text | null)
//   form({fields, submit, onsubmit, kind, extra, cancel})   onsubmit(values) may be async; a Problem with .field is shown at the
//                                      field of that name, any other above the button. submit: label. → element with .values(), .fields
//   search({label, value, onsearch, placeholder})           an input that waits for a pause in typing
//   dialog({title, body, actions: [{label, kind, value, onclick}], wide})   → Promise<value | null>; .close on the element given to body()
//                                      body: node or (close) => node
//   confirm({title, text, action, danger, body})            → Promise<boolean>
//   toast(text, tone = "good")         a word at the corner, read aloud
//   loading()  empty(text, hint?, action?)  failure(problem, retry?)         states of a page
//   explain(problem)                   a Problem in words
//   load(root, ask, draw)              shows loading, awaits ask(), then draw(data) → node(s); a Problem with “try again”
//   when(iso, kind = "dateTime")       a <time>; kind is a function's name of i18n.js: date dateTime time dayMonth relative
//   guarded(context, role, node)       the node, or disabled with a reason when the person's role is lower
//   ROLES                              {viewer: 0, manager: 1, owner: 2}

import * as i18n from "./i18n.js";

const { t } = i18n;
const SVG = "http://www.w3.org/2000/svg";
export const ROLES = { viewer: 0, manager: 1, owner: 2 };
const PAUSE_MS = 300;
const TOAST_MS = 6000;
let numbered = 0;
const fresh = (prefix) => `${prefix}-${(numbered += 1)}`;

// ── elements ─────────────────────────────────────────────────────────────────────────────────────

export const h = (tag, props, ...children) => build(document.createElement(tag), props, children);
export const svg = (tag, props, ...children) =>
  build(document.createElementNS(SVG, tag), props, children);

function build(element, props, children) {
  const plain = props && !(props instanceof Node) && !Array.isArray(props) && typeof props === "object";
  if (plain) Object.entries(props).forEach(([name, value]) => set(element, name, value));
  else children = [props, ...children];
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on") && typeof value === "function") {
    element.addEventListener(name.slice(2).toLowerCase(), value);
  } else if (name === "style") {
    Object.entries(value).forEach(([rule, to]) => element.style.setProperty(rule, to));
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (name === "value" && "value" in element) {
    element.value = value;
  } else {
    element.setAttribute(name, value === true ? "" : value);
  }
}

const nodes = (children) =>
  children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));

export function replace(root, ...children) {
  root.replaceChildren(...nodes(children));
  return root;
}

const ICONS = {
  today: "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  journeys: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4h4M12 8v4l3 2",
  clients: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.4c2.2.9 3.5 2.9 3.5 5.6",
  services: "M6 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM6 21a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8.2 8 20 19M8.2 16 20 5",
  results: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  channels: "M4 5h16v11H9l-5 4z",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  team: "M12 3 5 6v5c0 4.6 2.9 8.4 7 10 4.1-1.6 7-5.4 7-10V6zM9 12l2 2 4-4",
  audit: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  check: "M5 13l4 4L19 7",
  alert: "M12 4 2.5 20h19zM12 10v4M12 17h.01",
  plus: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  out: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  send: "M4 20l17-8L4 4l3 8zM7 12h7",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
  play: "M7 4l13 8-13 8z",
  pause: "M8 5v14M16 5v14",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  phone: "M7 3h10v18H7zM11 18h2",
};

export const icon = (name) =>
  svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: ICONS[name] ?? ICONS.more }),
  );

// ── parts of a page ──────────────────────────────────────────────────────────────────────────────

export const heading = (title, { about, actions = [], back } = {}) =>
  h(
    "header",
    { class: "heading" },
    h(
      "div",
      { class: "heading-words" },
      back && h("a", { class: "back", href: back.href }, icon("back"), back.label),
      h("h1", { tabindex: "-1" }, title),
      about && h("p", { class: "soft" }, about),
    ),
    actions.length > 0 && h("div", { class: "actions" }, actions),
  );

export function card(title, ...children) {
  if (title === null) return h("section", { class: "card" }, children);
  const id = fresh("card");
  return h("section", { class: "card", "aria-labelledby": id }, h("h2", { id }, title), children);
}

export const grid = (...children) => h("div", { class: "grid" }, children);

export function button(label, options = {}) {
  const { onclick, kind = "plain", icon: drawn, disabled, type = "button", small, ...rest } = options;
  const made = h(
    "button",
    { type, class: `button ${kind}${small ? " small" : ""}`, disabled, ...rest },
    drawn && icon(drawn),
    label && h("span", label),
  );
  if (onclick) made.addEventListener("click", (event) => busy(made, () => onclick(event)));
  return made;
}

async function busy(made, work) {
  if (made.getAttribute("aria-busy") === "true") return;
  made.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (problem) {
    if (problem.name !== "AbortError") toast(explain(problem), "bad");
  } finally {
    made.removeAttribute("aria-busy");
  }
}

export const link = (label, href, { kind, icon: drawn, ...rest } = {}) =>
  h("a", { href, class: kind ? `button ${kind}` : undefined, ...rest }, drawn && icon(drawn), label);

export const badge = (text, tone = "plain") => h("span", { class: `badge ${tone}` }, text);
export const note = (tone, ...children) => h("div", { class: `note ${tone}` }, children);

export const stat = (label, value, { note: words, tone, href } = {}) =>
  h(
    href ? "a" : "div",
    { class: `stat ${tone ?? ""}`, href },
    h("span", { class: "stat-label" }, label),
    h("span", { class: "stat-value" }, value),
    words && h("span", { class: "stat-note" }, words),
  );

export const stats = (...children) => h("div", { class: "stats" }, children);

export const facts = (pairs) =>
  h(
    "dl",
    { class: "facts" },
    pairs
      .filter(([, value]) => value !== undefined)
      .map(([label, value]) => h("div", h("dt", label), h("dd", value ?? i18n.NOTHING))),
  );

export function table({ caption, columns, rows, href, empty: nothing, key }) {
  if (rows.length === 0) return empty(nothing ?? t("ui.nothing"));
  const head = columns.map(({ label, align }) =>
    h("th", { scope: "col", role: "columnheader", class: align }, label || h("span", { class: "hidden" }, caption)),
  );
  return h(
    "table",
    { role: "table", class: "table" },
    h("caption", { class: "hidden" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
    h("tbody", { role: "rowgroup" }, rows.map((row) => line(row, columns, href, key))),
  );
}

function line(row, columns, href, key) {
  const target = href?.(row);
  const cells = columns.map(({ label, cell, align, wide }, place) => {
    const shown = cell(row) ?? i18n.NOTHING;
    const inner = place === 0 && target ? h("a", { href: target }, shown) : shown;
    const name = `${align ?? ""}${wide ? " wide" : ""}`.trim() || undefined;
    return h("td", { role: "cell", class: name, data: { label: label ?? "" } }, inner);
  });
  return h("tr", { role: "row", data: key ? { key: key(row) } : {} }, cells);
}

export function paged({ load: ask, draw, empty: nothing }) {
  const list = h("div");
  const foot = h("div", { class: "more" });
  const root = h("div", { class: "paged" }, list, foot);
  let asked = 0;
  const fill = async (cursor, before) => {
    const mine = (asked += 1);
    try {
      const page = await ask(cursor);
      if (mine !== asked) return;
      const items = [...before, ...page.items];
      replace(list, items.length ? draw(items) : (nothing ?? empty(t("ui.nothing"))));
      replace(foot, page.next && button(t("ui.more"), { onclick: () => fill(page.next, items) }));
    } catch (problem) {
      if (mine === asked && problem.name !== "AbortError") {
        replace(foot, failure(problem, () => fill(cursor, before)));
      }
    }
  };
  root.reload = () => {
    replace(foot);
    replace(list, loading());
    return fill(null, []).then(() => list.querySelector(".loading")?.remove());
  };
  root.reload();
  return root;
}

export const timeline = (events) =>
  h(
    "ol",
    { class: "timeline" },
    events.map(({ at, title, text, tone = "plain", icon: drawn, body }) =>
      h(
        "li",
        { class: tone },
        h("span", { class: "dot" }, drawn && icon(drawn)),
        h("div", h("p", { class: "timeline-head" }, h("strong", title), at && when(at)), text && h("p", text), body),
      ),
    ),
  );

export function tabs(items, selected, onselect) {
  return h(
    "nav",
    { class: "tabs" },
    items.map(({ key, label }) =>
      h(
        "button",
        {
          type: "button",
          "aria-current": key === selected ? "true" : "false",
          onclick: ({ currentTarget }) => {
            [...currentTarget.parentNode.children].forEach((each) =>
              each.setAttribute("aria-current", String(each === currentTarget)),
            );
            onselect(key);
          },
        },
        label,
      ),
    ),
  );
}

export function choice({ label, options, value, onchange }) {
  const name = fresh("choice");
  return h(
    "fieldset",
    { class: "choice" },
    h("legend", { class: "hidden" }, label),
    options.map((option) =>
      h(
        "label",
        h("input", {
          type: "radio",
          name,
          value: option.value,
          checked: option.value === value,
          onchange: () => onchange(option.value),
        }),
        h("span", option.label),
      ),
    ),
  );
}

// ── forms ────────────────────────────────────────────────────────────────────────────────────────

const BOXES = ["checkbox", "switch"];

export function field({ name, label, type = "text", value, hint, required, options, suffix, ...rest }) {
  const id = fresh("field");
  const box = BOXES.includes(type);
  const input = control({ id, name, type, value, required, options, ...rest });
  const said = h("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });
  const help = hint && h("p", { class: "field-hint", id: `${id}-hint` }, hint);
  const words = h("label", { for: id }, label, required && h("span", { class: "required", "aria-hidden": "true" }, " *"));
  const root = h(
    "div",
    { class: `field ${box ? "box" : ""} ${type}` },
    box ? [input, words] : [words, suffix ? h("div", { class: "suffixed" }, input, h("span", suffix)) : input],
    help,
    said,
  );
  root.input = input;
  root.name = name;
  root.fail = (text) => {
    replace(said, text);
    input.setAttribute("aria-invalid", text ? "true" : "false");
    describe(input, help && help.id, text && said.id);
  };
  Object.defineProperty(root, "value", {
    get: () => read(input, type),
    set: (to) => (box ? (input.checked = Boolean(to)) : (input.value = to ?? "")),
  });
  describe(input, help && help.id);
  input.addEventListener("input", () => root.fail(null));
  return root;
}

function describe(input, ...ids) {
  const known = ids.filter(Boolean).join(" ");
  if (known) input.setAttribute("aria-describedby", known);
  else input.removeAttribute("aria-describedby");
}

function control({ type, value, options, ...rest }) {
  if (type === "textarea") return h("textarea", { rows: 4, ...rest, value: value ?? "" });
  if (type === "select") {
    const chosen = (options ?? []).map((option) =>
      h("option", { value: option.value, selected: option.value === value }, option.label),
    );
    return h("select", rest, chosen);
  }
  if (BOXES.includes(type)) {
    const role = type === "switch" ? "switch" : undefined;
    return h("input", { type: "checkbox", role, checked: Boolean(value), ...rest });
  }
  return h("input", { type, ...rest, value: value ?? "" });
}

function read(input, type) {
  if (BOXES.includes(type)) return input.checked;
  if (type === "number") return input.value === "" ? null : Number(input.value);
  return input.value === "" ? null : input.value;
}

export function form({ fields, submit, onsubmit, kind = "primary", extra, cancel }) {
  const said = h("div", { class: "form-problem", role: "alert" });
  const send = submit && button(submit, { kind, type: "submit" });
  const named = fields.flat(Infinity).filter((each) => each?.input);
  const root = h(
    "form",
    { class: "form", novalidate: true },
    fields,
    said,
    send && h("div", { class: "actions" }, send, cancel && button(t("ui.cancel"), { onclick: cancel }), extra),
  );
  root.fields = Object.fromEntries(named.map((each) => [each.name, each]));
  root.values = () => Object.fromEntries(named.map((each) => [each.name, each.value]));
  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send?.getAttribute("aria-busy") === "true") return;
    replace(said);
    named.forEach((each) => each.fail(each.input.validity.valid ? null : each.input.validationMessage));
    const wrong = named.find((each) => !each.input.validity.valid);
    if (wrong) return wrong.input.focus();
    send?.setAttribute("aria-busy", "true");
    try {
      await onsubmit(root.values());
    } catch (problem) {
      show(problem, root, said);
    } finally {
      send?.removeAttribute("aria-busy");
    }
  });
  return root;
}

function show(problem, root, said) {
  const at = problem.field && root.fields[problem.field.split(/[.[]/)[0]];
  if (at) {
    at.fail(explain(problem));
    at.input.focus();
  } else replace(said, note("bad", explain(problem)));
}

export function search({ label, value, onsearch, placeholder }) {
  let waiting;
  const input = h("input", {
    type: "search",
    "aria-label": label,
    placeholder: placeholder ?? label,
    value: value ?? "",
    autocomplete: "off",
    oninput: () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => onsearch(input.value.trim()), PAUSE_MS);
    },
  });
  return h("div", { class: "search" }, icon("search"), input);
}

// ── dialogs and words at the side ────────────────────────────────────────────────────────────────

export function dialog({ title, body, actions = [], wide }) {
  return new Promise((answer) => {
    const id = fresh("dialog");
    const box = h("dialog", { class: wide ? "wide" : undefined, "aria-labelledby": id });
    const close = (value = null) => {
      box.close();
      box.remove();
      answer(value);
    };
    const foot = actions.map(({ label, value, onclick, ...rest }) =>
      button(label, { ...rest, onclick: async () => close(onclick ? await onclick() : value) }),
    );
    box.append(
      h(
        "header",
        h("h2", { id }, title),
        button("", { kind: "quiet", icon: "close", "aria-label": t("ui.close"), onclick: () => close() }),
      ),
      h("div", { class: "dialog-body" }, typeof body === "function" ? body(close) : body),
      ...(foot.length ? [h("footer", { class: "actions" }, foot)] : []),
    );
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      close();
    });
    document.body.append(box);
    box.showModal();
  });
}

export const confirm = async ({ title, text, action, danger, body }) =>
  (await dialog({
    title,
    body: body ?? h("p", text),
    actions: [
      { label: action ?? t("ui.yes"), kind: danger ? "danger" : "primary", value: true },
      { label: t("ui.cancel"), value: false },
    ],
  })) === true;

export function toast(text, tone = "good") {
  const shown = h("p", { class: `toast ${tone}` }, icon(tone === "bad" ? "alert" : "check"), h("span", text));
  toasts().append(shown);
  setTimeout(() => shown.remove(), TOAST_MS);
}

function toasts() {
  const kept = document.querySelector("#toasts");
  if (kept) return kept;
  const made = h("div", { id: "toasts", role: "status", "aria-live": "polite" });
  document.body.append(made);
  return made;
}

// ── states ───────────────────────────────────────────────────────────────────────────────────────

export const loading = () => h("p", { class: "loading", role: "status" }, t("ui.loading"));

export const empty = (text, hint, action) =>
  h("div", { class: "empty" }, h("p", text), hint && h("p", { class: "soft" }, hint), action);

export const failure = (problem, retry) =>
  h(
    "div",
    { class: "note bad", role: "alert" },
    h("p", h("strong", t("problem.title"))),
    h("p", explain(problem)),
    retry && button(t("ui.retry"), { onclick: retry }),
  );

const WORDS = { 0: "no_answer", 403: "refused", 404: "not_found", 412: "changed", 428: "changed", 429: "busy", 503: "busy" };

export function explain(problem) {
  if (problem.problem) return [problem.problem, problem.remedy].filter(Boolean).join(" ");
  if (!("status" in problem)) console.error(problem);
  const kind = WORDS[problem.status];
  return kind ? t(`problem.${kind}`) : t("problem.other", { status: problem.status ?? problem.name });
}

export async function load(root, ask, draw) {
  replace(root, loading());
  try {
    replace(root, draw(await ask()));
  } catch (problem) {
    if (problem.name === "AbortError") return;
    replace(root, failure(problem, () => load(root, ask, draw)));
  }
}

export const when = (iso, kind = "dateTime") =>
  iso ? h("time", { datetime: iso }, i18n[kind](iso)) : h("span", i18n.NOTHING);

export function guarded(context, role, node) {
  if (ROLES[context.role] >= ROLES[role]) return node;
  const reason = t("ui.read_only", { role: t(`role.${role}`).toLowerCase() });
  const inputs = node.matches("button, input, select, textarea") ? [node] : [];
  for (const each of [...inputs, ...node.querySelectorAll("button, input, select, textarea")]) {
    each.disabled = true;
    each.title = reason;
  }
  return node;
}
