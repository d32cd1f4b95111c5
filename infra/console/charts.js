// Charts as SVG, drawn at the width they have and again when it changes. Each is a <figure> with a caption for
// screen readers and its figures as a table behind “The figures”. Colours come from styles.css: tones are
// "accent" (default), "soft", "good", "warn", "bad", "second", "third".
//
//   lines({label, series: [{name, tone, points: [[x, y], …]}], band: [[x, low, high], …], marks: [{x, label, tone}], x: format, y: format, height, from0})
//                                      x: number, or ISO text for dates; y null leaves a gap
//   bars({label, items: [{label, value, note, tone, low, high}], format, height})   upright; low…high draws a whisker
//   ranks({label, items: [{label, value, note, tone, href}], format})              lying, long labels
//   funnel({label, items: [{label, value}]})                                       each with its share of the first
//   histogram({label, bins: [{from, to, count}], marks: [{at, label, tone}], x: format, height})
//   heatMap({label, rows: [label], columns: [label], values: [[number|null]], format, title: (row, column) => text,
//            notes: [[text|null]] under the value, few: [[boolean]] a cell that is drawn as known from too little})
//   interval({label, low, mid, high, format, zero = 0})                            a value with its interval against zero
//   visits({label, visits: [{at, label}], band: {low, mid, high}, now})            dates on a line, a forecast's band after them

import { dayMonth, number, t } from "./i18n.js";
import { h, replace, svg } from "./ui.js";

const SMALLEST = 240;
const CHARACTER = 7;

// ── frame ────────────────────────────────────────────────────────────────────────────────────────

function figure(label, height, draw, figures) {
  const place = h("div", { class: "chart-place" });
  let width = 0;
  const redraw = () => {
    const now = Math.max(SMALLEST, Math.floor(place.clientWidth));
    if (now === width) return;
    width = now;
    const drawn = svg("svg", { class: "chart", role: "img", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` });
    drawn.append(...draw(width, height).flat(Infinity).filter(Boolean));
    replace(place, drawn);
  };
  new ResizeObserver(redraw).observe(place);
  return h("figure", { class: "figure" }, place, figures && figuresTable(label, figures));
}

const figuresTable = (label, { head, rows }) =>
  h(
    "details",
    { class: "figures" },
    h("summary", t("ui.figures")),
    h(
      "div",
      { class: "figures-scroll", tabindex: "0", role: "region", "aria-label": label },
      h(
        "table",
        h("thead", h("tr", head.map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", rows.map((row) => h("tr", row.map((each) => h("td", each))))),
      ),
    ),
  );

const at = (x) => (typeof x === "string" ? Date.parse(x) : x);
const words = (x, y, text, props = {}) => svg("text", { x, y, ...props }, text);
const hint = (text) => svg("title", text);
const scale = (from, to, start, end) => (value) =>
  to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);

/** About `count` round steps that hold everything from `low` to `high`. */
export function ticks(low, high, count = 4) {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw * 0.999);
  const first = Math.floor(low / step + 1e-9) * step;
  const list = [];
  for (let value = first; value < high + step * 0.999; value += step) list.push(Number(value.toPrecision(12)));
  return list;
}

function yAxis(values, width, top, bottom, left, format) {
  const y = scale(values[0], values.at(-1), bottom, top);
  const drawn = values.map((value) => [
    svg("line", { class: "rule", x1: left, x2: width, y1: y(value), y2: y(value) }),
    words(left - 8, y(value) + 4, format(value), { class: "axis end" }),
  ]);
  return [y, drawn];
}

const room = (texts) => Math.max(...texts.map((text) => String(text).length)) * CHARACTER + 12;

// ── lines ────────────────────────────────────────────────────────────────────────────────────────

export function lines({ label, series, band = [], marks = [], x = dayMonth, y = number, height = 240, from0 = true }) {
  const points = series.flatMap((each) => each.points);
  const highs = [...points.map((p) => p[1]), ...band.flatMap((b) => [b[1], b[2]])].filter((v) => v !== null && v !== undefined);
  const across = [...points.map((p) => at(p[0])), ...band.map((b) => at(b[0])), ...marks.map((m) => at(m.x))];
  const draw = (width) => {
    if (highs.length === 0) return [];
    const values = ticks(from0 ? Math.min(0, ...highs) : Math.min(...highs), Math.max(...highs));
    const left = room(values.map((value) => y(value)));
    const [toY, rules] = yAxis(values, width, 10, height - 28, left, y);
    const [first, last] = [Math.min(...across), Math.max(...across)];
    const toX = scale(first, last, left + 6, width - 10);
    return [rules, foot(points, toX, x, height, width), area(band, toX, toY), marks.map((m) => mark(m, toX, height)), series.map((s) => path(s, toX, toY, x, y))];
  };
  const keys = [...new Map(points.map((p) => [at(p[0]), p[0]])).entries()].sort((a, b) => a[0] - b[0]);
  const rows = keys.map(([key, raw]) => [x(raw), ...series.map((s) => y(s.points.find((p) => at(p[0]) === key)?.[1]))]);
  const made = figure(label, height, draw, { head: ["", ...series.map((s) => s.name)], rows });
  if (series.length > 1) made.prepend(legend(series));
  return made;
}

const legend = (series) =>
  h("ul", { class: "legend" }, series.map(({ name, tone = "accent" }) => h("li", { class: tone }, name)));

function foot(points, toX, format, height, width) {
  const known = [...new Map(points.map((p) => [at(p[0]), p[0]])).entries()].sort((a, b) => a[0] - b[0]);
  const every = Math.max(1, Math.ceil((known.length * 64) / width));
  return known
    .filter((_, place) => place % every === 0)
    .map(([key, raw]) => words(toX(key), height - 8, format(raw), { class: toX(key) > width - 30 ? "axis end" : "axis middle" }));
}

function area(band, toX, toY) {
  if (band.length < 2) return null;
  const upper = band.map(([x, , high]) => `${toX(at(x))},${toY(high)}`);
  const lower = band.map(([x, low]) => `${toX(at(x))},${toY(low)}`).reverse();
  return svg("polygon", { class: "band", points: [...upper, ...lower].join(" ") });
}

const mark = ({ x, label, tone = "soft" }, toX, height) => [
  svg("line", { class: `mark ${tone}`, x1: toX(at(x)), x2: toX(at(x)), y1: 10, y2: height - 28 }),
  words(toX(at(x)) + 4, 18, label, { class: "axis" }),
];

function path({ points, tone = "accent", name }, toX, toY, x, y) {
  let pen = "M";
  const d = [];
  const dots = [];
  for (const [px, py] of points) {
    if (py === null || py === undefined) {
      pen = "M";
      continue;
    }
    d.push(`${pen}${toX(at(px))} ${toY(py)}`);
    dots.push(svg("circle", { class: `point ${tone}`, cx: toX(at(px)), cy: toY(py), r: 3 }, hint(`${name ?? ""} ${x(px)}: ${y(py)}`)));
    pen = "L";
  }
  return [svg("path", { class: `line ${tone}`, d: d.join("") }), points.length <= 60 && dots];
}

// ── bars ─────────────────────────────────────────────────────────────────────────────────────────

export function bars({ label, items, format = number, height = 220 }) {
  const draw = (width) => {
    const known = items.flatMap((i) => [i.value, i.low, i.high]).filter((v) => v !== null && v !== undefined);
    const values = ticks(Math.min(0, ...known), Math.max(0, ...known));
    const left = room(values.map((value) => format(value)));
    const [toY, rules] = yAxis(values, width, 10, height - 28, left, format);
    const step = (width - left) / Math.max(1, items.length);
    const every = Math.max(1, Math.ceil(Math.max(...items.map((i) => i.label.length)) * CHARACTER / step));
    return [rules, items.map((item, place) => upright(item, left + step * place, step, toY, format, height, place % every === 0))];
  };
  const rows = items.map((i) => [i.label, format(i.value), i.note ?? (i.low === undefined ? "" : `${format(i.low)} … ${format(i.high)}`)]);
  return figure(label, height, draw, { head: ["", "", ""].slice(0, 2).concat(""), rows });
}

function upright(item, start, step, toY, format, height, labelled) {
  const width = Math.min(48, step * 0.7);
  const middle = start + step / 2;
  const value = item.value ?? 0;
  const [top, bottom] = [toY(Math.max(0, value)), toY(Math.min(0, value))];
  return [
    svg("rect", { class: `bar ${item.tone ?? "accent"}`, x: middle - width / 2, y: top, width, height: Math.max(1, bottom - top), rx: 3 },
      hint(`${item.label}: ${format(item.value)}${item.note ? ` · ${item.note}` : ""}`)),
    item.low !== undefined && item.low !== null && whisker(middle, toY(item.low), toY(item.high)),
    labelled && words(middle, height - 8, item.label, { class: "axis middle" }),
  ];
}

const whisker = (x, low, high) =>
  svg("path", { class: "whisker", d: `M${x} ${low}V${high}M${x - 5} ${low}h10M${x - 5} ${high}h10` });

export const ranks = ({ label, items, format = number }) => {
  const most = Math.max(...items.map((i) => i.value ?? 0), 0) || 1;
  return h("ul", { class: "ranks", "aria-label": label }, items.map((item) => rank(item, (item.value ?? 0) / most, format(item.value))));
};

const rank = (item, share, shown) =>
  h(
    "li",
    h("span", { class: "rank-label" }, item.href ? h("a", { href: item.href }, item.label) : item.label),
    h("span", { class: "rank-value" }, shown, item.note && h("small", { class: "soft" }, ` ${item.note}`)),
    h("span", { class: `rank-bar ${item.tone ?? "accent"}`, "aria-hidden": "true", style: { "--share": `${Math.max(0, share) * 100}%` } }),
  );

export function funnel({ label, items }) {
  const first = items[0]?.value || 0;
  const share = (value) => (first ? number(value / first, { style: "percent", maximumFractionDigits: 0 }) : "");
  return ranks({ label, items: items.map((item, place) => ({ ...item, note: place ? share(item.value) : undefined })) });
}

// ── histogram ────────────────────────────────────────────────────────────────────────────────────

export function histogram({ label, bins, marks = [], x = number, height = 200 }) {
  const draw = (width) => {
    if (bins.length === 0) return [];
    const values = ticks(0, Math.max(...bins.map((b) => b.count), 1));
    const left = room(values.map((value) => number(value)));
    const [toY, rules] = yAxis(values, width, 26, height - 28, left, number);
    const ends = [...bins.flatMap((b) => [b.from, b.to]), ...marks.map((m) => m.at)];
    const toX = scale(Math.min(...ends), Math.max(...ends), left, width - 10);
    const steps = ticks(Math.min(...ends), Math.max(...ends), Math.max(2, Math.floor(width / 90)));
    return [
      rules,
      bins.map((b) => column(b, toX, toY, x)),
      steps.filter((s) => toX(s) <= width - 8 && toX(s) >= left).map((s) => words(toX(s), height - 8, x(s), { class: "axis middle" })),
      marks.map((m, place) => pin(m, toX, height, width, place)),
    ];
  };
  const rows = bins.map((b) => [`${x(b.from)} – ${x(b.to)}`, number(b.count)]);
  return figure(label, height, draw, { head: ["", ""], rows });
}

const column = (bin, toX, toY, x) =>
  svg("rect", { class: "bar soft", x: toX(bin.from) + 1, y: toY(bin.count), width: Math.max(1, toX(bin.to) - toX(bin.from) - 2), height: toY(0) - toY(bin.count) },
    hint(`${x(bin.from)} – ${x(bin.to)}: ${number(bin.count)}`));

function pin({ at: value, label, tone = "accent" }, toX, height, width, place) {
  const end = toX(value) > width / 2;
  return [
    svg("line", { class: `mark ${tone}`, x1: toX(value), x2: toX(value), y1: 6, y2: height - 28 }),
    words(toX(value) + (end ? -5 : 5), 14 + (place % 2) * 13, label, { class: `axis ${end ? "end" : ""} ${tone}` }),
  ];
}

// ── heat map ─────────────────────────────────────────────────────────────────────────────────────

export function heatMap({ label, rows, columns, values, format = number, title, notes, few }) {
  const sure = (row, column) => !few?.[row]?.[column];
  const most = Math.max(...values.flatMap((each, row) => each.map((value, column) => (sure(row, column) ? value ?? 0 : 0))), 0) || 1;
  const cell = (value, row, column) =>
    h(
      "td",
      {
        style: { "--heat": `${Math.round(((value ?? 0) / most) * 100)}%` },
        class: !value ? "cold" : sure(row, column) ? "" : "few",
        title: title?.(row, column),
      },
      h("span", value === null || value === undefined ? "" : format(value)),
      notes?.[row]?.[column] && h("small", notes[row][column]),
    );
  return h(
    "div",
    { class: "heat-scroll", tabindex: "0", role: "region", "aria-label": label },
    h(
      "table",
      { class: "heat" },
      h("caption", { class: "hidden" }, label),
      h("thead", h("tr", h("td"), columns.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", rows.map((name, r) => h("tr", h("th", { scope: "row" }, name), columns.map((_, c) => cell(values[r]?.[c], r, c))))),
    ),
  );
}

// ── a value, a line of visits ────────────────────────────────────────────────────────────────────

export function interval({ label, low, mid, high, format = number, zero = 0 }) {
  const draw = (width, height) => {
    const ends = [low, mid, high, zero].filter((v) => v !== null && v !== undefined);
    const margin = (Math.max(...ends) - Math.min(...ends)) * 0.08 || 1;
    const toX = scale(Math.min(...ends) - margin, Math.max(...ends) + margin, 30, width - 30);
    const tone = low > zero ? "good" : high < zero ? "bad" : "soft";
    return [
      svg("line", { class: "rule", x1: 0, x2: width, y1: 30, y2: 30 }),
      svg("line", { class: "mark soft", x1: toX(zero), x2: toX(zero), y1: 8, y2: 52 }),
      words(toX(zero), 68, format(zero), { class: "axis middle" }),
      svg("rect", { class: `bar ${tone}`, x: toX(low), y: 24, width: Math.max(2, toX(high) - toX(low)), height: 12, rx: 6 }),
      svg("circle", { class: `knob ${tone}`, cx: toX(mid), cy: 30, r: 8 }, hint(format(mid))),
      [low, high].map((end) => Math.abs(toX(end) - toX(zero)) > 34 && words(toX(end), 54, format(end), { class: "axis middle" })),
    ];
  };
  return figure(`${label}: ${format(mid)} (${format(low)} … ${format(high)})`, 74, draw);
}

export function visits({ label, visits: past, band, now }) {
  const dates = [...past.map((v) => at(v.at)), ...(band ? [at(band.low), at(band.mid), at(band.high)] : []), ...(now ? [at(now)] : [])].filter((d) => !Number.isNaN(d));
  const draw = (width) => {
    if (dates.length === 0) return [];
    const [first, last] = [Math.min(...dates), Math.max(...dates)];
    const toX = scale(first, last, 24, width - 24);
    return [
      svg("line", { class: "rule", x1: 0, x2: width, y1: 46, y2: 46 }),
      band && svg("rect", { class: "band", x: toX(at(band.low)), y: 30, width: Math.max(3, toX(at(band.high)) - toX(at(band.low))), height: 32, rx: 4 }),
      band && svg("line", { class: "mark accent", x1: toX(at(band.mid)), x2: toX(at(band.mid)), y1: 26, y2: 66 }),
      now && svg("line", { class: "mark soft", x1: toX(at(now)), x2: toX(at(now)), y1: 14, y2: 66 }),
      past.map((v) => svg("circle", { class: "point accent", cx: toX(at(v.at)), cy: 46, r: 6 }, hint(`${dayMonth(v.at)} · ${v.label ?? ""}`))),
      [[first, "start"], [last, "end"]].map(([date, side]) => words(toX(date), 84, dayMonth(new Date(date).toISOString()), { class: `axis ${side}` })),
    ];
  };
  return figure(label, 92, draw, { head: ["", ""], rows: past.map((v) => [dayMonth(v.at), v.label ?? ""]) });
}
