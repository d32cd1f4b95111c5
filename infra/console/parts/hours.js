// Hours of a week, Monday first, on the company's clock.
//
//   weekday(n, "short"|"long")          its name; 0 is Monday
//   daysField({name, label, value, hint})   checkboxes; .value is a sorted list of numbers
//   hoursField({name, label, value, hint})  a row a day; .value is [{weekday, opens, closes}]
//   hoursSaid(hours)                    in words

import { language, t } from "../i18n.js";
import { h, replace } from "../ui.js";

const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const WEEK = [0, 1, 2, 3, 4, 5, 6];
let numbered = 0;

export const weekday = (n, form = "short") =>
  new Intl.DateTimeFormat(language(), { weekday: form, timeZone: "UTC" }).format(MONDAY + n * DAY_MS);

export const clock = (told) => told.slice(0, 5);

/** As ui.js's field(), of several inputs. */
function group({ name, label, hint }, inputs, rows, read) {
  const id = `hours-${(numbered += 1)}`;
  const said = h("p", { class: "field-problem", id: `${id}-problem`, role: "alert" });
  const root = h("fieldset", { class: "field group" }, h("legend", label), hint && h("p", { class: "field-hint" }, hint), rows, said);
  root.name = name;
  root.input = inputs[0];
  root.fail = (text) => {
    replace(said, text);
    if (text) root.setAttribute("aria-describedby", said.id);
    else root.removeAttribute("aria-describedby");
  };
  Object.defineProperty(root, "value", { get: read });
  root.addEventListener("input", () => root.fail(null));
  return root;
}

export function daysField(told) {
  const boxes = WEEK.map((n) => h("input", { type: "checkbox", checked: told.value.includes(n) }));
  const rows = h("div", { class: "row" }, boxes.map((box, n) => h("label", { class: "tick" }, box, weekday(n))));
  return group(told, boxes, rows, () => WEEK.filter((n) => boxes[n].checked));
}

export function hoursField(told) {
  const known = new Map(told.value.map((each) => [each.weekday, each]));
  const days = WEEK.map((n) => dayRow(n, known.get(n)));
  return group(told, days.map(({ box }) => box), h("div", { class: "week" }, days.map(({ row }) => row)), () =>
    WEEK.filter((n) => days[n].box.checked).map((n) => ({
      weekday: n,
      opens: `${days[n].opens.value}:00`,
      closes: `${days[n].closes.value}:00`,
    })),
  );
}

function dayRow(n, hours) {
  const name = weekday(n, "long");
  const box = h("input", { type: "checkbox", checked: Boolean(hours) });
  const time = (key, value) => h("input", { type: "time", value: clock(value), "aria-label": `${name}: ${t(key)}`, required: true });
  const opens = time("hours.opens", hours?.opens ?? "10:00");
  const closes = time("hours.closes", hours?.closes ?? "20:00");
  const show = () => [opens, closes].forEach((each) => (each.disabled = !box.checked));
  box.addEventListener("change", show);
  show();
  return { box, opens, closes, row: h("div", { class: "day" }, h("label", { class: "tick" }, box, name), opens, closes) };
}

export const hoursSaid = (hours) =>
  hours.map(({ weekday: n, opens, closes }) => `${weekday(n)} ${clock(opens)}–${clock(closes)}`).join(", ") || null;
