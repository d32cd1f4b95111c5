// What the messages brought: figures against their targets, who came because of them, money, breakdowns, hours, experiments.

import { bars, funnel, heatMap, interval } from "../charts.js";
import { date, money as amount, number, percent, t } from "../i18n.js";
import { badge, button, card, choice, empty, facts, field, form, grid, h, heading, link, load, note, replace, stat, stats, table } from "../ui.js";

const PERIODS = ["week", "month", "quarter", "year", "range"];
const STAGES = ["due", "contacted", "delivered", "read", "answered", "booked"];
const BREAKDOWNS = ["attempt", "service", "channel"];
const TONES = { met: "good", missed: "bad", unclear: "plain" };
const LEARNT = ["style", "later_offer"];
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

let at;

export async function render(root, context) {
  at = context;
  const body = h("div", { class: "stack" });
  const range = h("div");
  const { since, until, period: named = since ? "range" : "month" } = context.params.query;
  const show = async (query) => {
    context.setQuery({ period: null, since: null, until: null, ...query });
    replace(range, query.period === "range" && days(query, show));
    if (query.period === "range" && !(query.since && query.until)) return replace(body);
    const { period, ...ends } = query;
    await load(body, () => data(period === "range" ? ends : { period }), drawn);
  };
  const options = PERIODS.map((value) => ({ value, label: t(`results.period.${value}`) }));
  const period = choice({ label: t("results.period"), options, value: named, onchange: (value) => show({ period: value }) });
  replace(root, heading(t("page.results"), { about: t("results.about"), actions: [period] }), range, body);
  await show(named === "range" ? { period: named, since, until } : { period: named });
}

async function data(query) {
  const [found, learnt] = await Promise.all([
    at.api.get("/stats", query, { signal: at.signal }),
    at.api.get("/experiments", {}, { signal: at.signal }),
  ]);
  return { ...found, ...learnt };
}

const days = ({ since, until }, show) =>
  card(
    null,
    form({
      fields: [
        field({ name: "since", label: t("results.since"), type: "date", value: since, required: true }),
        field({ name: "until", label: t("results.until"), type: "date", value: until, required: true }),
      ],
      submit: t("results.show"),
      onsubmit: (given) => show({ period: "range", ...given }),
    }),
  );

function drawn(found) {
  const told = t("results.days", { since: date(found.since), until: date(found.until), settled: date(found.settled_until) });
  if (found.overview.sent === 0) {
    return [h("p", { class: "soft" }, told), card(null, empty(t("results.none"), t("results.none.hint"))), grid(caused(found), experiments(found))];
  }
  return [
    h("div", { class: "spread" }, h("p", { class: "soft" }, told), at.can("manager") && exporting(found)),
    figures(found),
    grid(h("div", { class: "stack" }, way(found), money(found)), caused(found)),
    breakdown(found),
    hours(found),
    bestTimes(found),
    experiments(found),
  ];
}

function exporting({ since, until }) {
  const place = h("div", { class: "row", role: "status" });
  const make = async () => {
    const { name, url } = await at.api.post("/exports", { subject: "results", format: "csv", since, until });
    replace(place, link(t("results.export.download"), url, { kind: "plain", icon: "download", download: name }));
  };
  return replace(place, button(t("results.export"), { icon: "download", onclick: make }));
}

// ── figures against their targets ────────────────────────────────────────────────────────────────

const between = (share, digits = 0) => share && `${percent(share.low, digits)} – ${percent(share.high, digits)}`;
const cash = (minor, { currency }) => amount(minor === null ? null : Math.round(minor), currency);

function figures(found) {
  const { overview, answers, money: { roi, no_roi: why }, targets } = found;
  return stats(
    aimed("conversion", overview.conversion && percent(overview.conversion.share), targets.conversion, between(overview.conversion)),
    aimed("response", overview.response && percent(overview.response.share), targets.response, between(overview.response)),
    aimed("opt_out", overview.opt_out && percent(overview.opt_out.share, 1), targets.opt_out, between(overview.opt_out, 1)),
    aimed("response_hours", hoursOf(answers.median_hours), targets.response_hours, answers.within_day && t("results.within_day", { share: percent(answers.within_day.share) })),
    aimed("roi", roi && times(roi.value), targets.roi, roi ? `${times(roi.low)} – ${times(roi.high)}` : t(`results.no_roi.${why}`)),
  );
}

const times = (value) => `${number(value)}×`;
const hoursOf = (hours) => hours !== null && t(hours < 1 ? "results.minutes" : "results.hours", { n: hours < 1 ? Math.max(1, Math.round(hours * 60)) : hours });

function aimed(name, value, { low, high, verdict }, words) {
  const shown = { low: name === "roi" ? low : percent(low), high: name === "roi" || name === "response_hours" ? high : percent(high) };
  const about = [words, h("br"), t(`results.target.${name}`, shown), " ", verdict && badge(t(`results.verdict.${verdict}`), TONES[verdict])];
  return stat(t(`results.figure.${name}`), value || "—", { note: about });
}

function way({ funnel: stages, skipped }) {
  const items = STAGES.map((name) => ({ label: t(`results.stage.${name}`), value: stages[name] ?? 0 }));
  const reasons = Object.entries(skipped).filter(([, n]) => n).sort((a, b) => b[1] - a[1]);
  const left = reasons.length > 0 && h(
    "details",
    { class: "figures" },
    h("summary", t("results.skipped", { count: reasons.reduce((sum, [, n]) => sum + n, 0) })),
    facts(reasons.map(([name, n]) => [t(`results.skip.${name}`), number(n)])),
  );
  return card(t("results.funnel"), h("p", { class: "soft" }, t("results.funnel.about")), funnel({ label: t("results.funnel"), items }), left);
}

// ── what was caused, and what it cost ────────────────────────────────────────────────────────────

function caused({ lift, holdout_percent: share, overview, currency }) {
  const title = t("results.lift");
  if (!lift) return card(title, note("info", t("results.lift.nobody")));
  const { difference, treated, control } = lift;
  const held = h("p", { class: "soft" }, t("results.lift.about", { share, since: date(lift.since), until: date(lift.until) }));
  if (!treated.clients || !control.clients) return card(title, held, note("info", t("results.lift.none")));
  const points = (value) => t("results.points", { n: number(value * 100) });
  const group = ({ clients, returned }) => t("results.lift.group", { share: percent(clients ? returned / clients : null), returned, clients });
  return card(
    title,
    held,
    verdict(lift),
    interval({ label: t("results.lift.difference"), low: difference.low, mid: difference.value, high: difference.high, format: points }),
    facts([
      [t("results.lift.treated"), group(treated)],
      [t("results.lift.control"), group(control)],
      [t("results.lift.difference"), `${points(difference.value)} (${points(difference.low)} … ${points(difference.high)})`],
      [t("results.lift.extra"), spread(lift.extra_returns, (n) => number(n, { maximumFractionDigits: 0 }))],
      [t("results.lift.extra_revenue"), spread(lift.extra_revenue_minor, (n) => cash(Number(n.toPrecision(3)), { currency }))],
      [t("results.lift.attributed"), t("results.lift.bookings", { count: overview.booked, revenue: cash(overview.revenue_minor, { currency }) })],
    ]),
  );
}

const spread = ({ value, low, high }, format) => `${format(value)} (${format(low)} … ${format(high)})`;

function verdict({ enough, tells, difference, more_clients: more }) {
  if (tells) return note(difference.low > 0 ? "good" : "bad", t(difference.low > 0 ? "results.lift.works" : "results.lift.harms"));
  const wanted = more ? ` ${t("results.lift.more", { count: more })}` : "";
  return note("info", t(enough ? "results.lift.chance" : "results.lift.few") + wanted);
}

function money(found) {
  const { money: paid } = found;
  const told = (minor) => cash(minor, found);
  return card(
    t("results.money"),
    facts([
      [t("results.money.revenue"), told(paid.revenue_minor)],
      [t("results.money.margin", { share: paid.margin_percent }), told(paid.margin_minor)],
      [t("results.money.messages"), told(paid.messages_minor)],
      [t("results.money.model"), told(paid.model_minor)],
      [t("results.money.aws"), told(paid.aws_minor)],
      [t("results.money.cost"), h("strong", told(paid.cost_minor))],
      [t("results.money.per_booking"), told(paid.per_booking_minor)],
      [t("results.money.roi"), paid.roi ? `${times(paid.roi.value)} (${times(paid.roi.low)} – ${times(paid.roi.high)})` : t(`results.no_roi.${paid.no_roi}`)],
    ]),
  );
}

// ── by attempt, service, channel ─────────────────────────────────────────────────────────────────

function breakdown(found) {
  const place = h("div", { class: "stack" });
  const show = (name) => replace(place, rows(found, name));
  const options = BREAKDOWNS.map((value) => ({ value, label: t(`results.by.${value}`) }));
  show(BREAKDOWNS[0]);
  const pick = choice({ label: t("results.breakdown"), options, value: BREAKDOWNS[0], onchange: show });
  return card(t("results.breakdown"), h("div", { class: "row" }, pick), place);
}

const LABELS = {
  attempt: ({ key }) => t("results.attempt", { n: key }),
  service: ({ title }) => title,
  channel: ({ key }) => t(`results.channel.${key}`),
};

function rows(found, name) {
  const list = found[`by_${name}`];
  const label = LABELS[name];
  const known = list.filter((row) => row.conversion);
  const items = known.map((row) => ({ label: label(row), value: row.conversion.share, low: row.conversion.low, high: row.conversion.high, note: count(row.conversion) }));
  return [
    known.length > 0 && bars({ label: t("results.by.label"), items, format: (share) => percent(share) }),
    table({
      caption: t(`results.by.${name}`),
      rows: list,
      columns: [
        { label: t(`results.by.${name}`), cell: label },
        ...["sent", "delivered", "read", "answered", "booked", "opted_out"].map((column) => ({
          label: t(`results.column.${column}`),
          cell: (row) => number(row[column]),
          align: "end",
        })),
        { label: t("results.figure.conversion"), cell: (row) => rate(row.conversion), align: "end" },
        { label: t("results.column.revenue"), cell: (row) => cash(row.revenue_minor, found), align: "end" },
      ],
    }),
  ];
}

const count = ({ part, of }) => t("results.of", { part, of });
const rate = (share) => share && [percent(share.share), " ", h("small", { class: "soft" }, `${between(share)} · ${count(share)}`)];

// ── hours and days ───────────────────────────────────────────────────────────────────────────────

const weekday = (day, width = "short") => new Intl.DateTimeFormat(at.lang, { weekday: width, timeZone: "UTC" }).format(MONDAY + day * DAY);
const hour = (of) => `${String(of).padStart(2, "0")}:00`;

function hours({ heat }) {
  const spans = (name) => {
    const found = heat.map((cell) => cell[name]);
    const first = Math.min(...found);
    return Array.from({ length: Math.max(...found) - first + 1 }, (_, n) => first + n);
  };
  const [rowsOf, columns] = [spans("weekday"), spans("hour")];
  const cell = (row, column) => heat.find((each) => each.weekday === rowsOf[row] && each.hour === columns[column]);
  const each = (pick) => rowsOf.map((_, r) => columns.map((_, c) => pick(cell(r, c))));
  return card(
    t("results.heat"),
    h("p", { class: "soft" }, t("results.heat.about")),
    heatMap({
      label: t("results.heat.label"),
      rows: rowsOf.map((day) => weekday(day)),
      columns: columns.map(hour),
      values: each((one) => (one?.settled ? one.rate : null)),
      notes: each((one) => (one?.sent ? t("results.heat.of", { booked: one.booked, sent: one.sent }) : null)),
      few: each((one) => one?.few ?? true),
      format: (share) => percent(share),
      title: (r, c) => cell(r, c) && `${weekday(rowsOf[r], "long")} ${hour(columns[c])}: ${told(cell(r, c))}`,
    }),
    h("details", { class: "figures" }, h("summary", t("ui.figures")), counts(heat)),
  );
}

const told = (cell) => t("results.heat.cell", { ...cell, rate: percent(cell.rate), low: percent(cell.low), high: percent(cell.high) });

const counts = (heat) =>
  table({
    caption: t("results.heat"),
    rows: heat,
    columns: [
      { label: t("results.heat.when"), cell: (cell) => `${weekday(cell.weekday)} ${hour(cell.hour)}` },
      ...["sent", "answered", "booked"].map((name) => ({ label: t(`results.column.${name}`), cell: (cell) => number(cell[name]), align: "end" })),
      { label: t("results.heat.estimate"), cell: (cell) => `${percent(cell.rate)} (${between(cell)})${cell.few ? ` · ${t("results.few")}` : ""}`, align: "end" },
    ],
  });

function bestTimes({ best_times: services }) {
  const time = (each) => h("li", `${weekday(each.weekday)} ${hour(each.hour)} `, h("small", { class: "soft" }, `${percent(each.rate)} (${between(each)}) · ${t("results.tried", { count: each.tried })}`));
  return card(
    t("results.best"),
    h("p", { class: "soft" }, t("results.best.about")),
    table({
      caption: t("results.best"),
      rows: services,
      columns: [
        { label: t("results.by.service"), cell: (row) => row.title },
        { label: t("results.best.times"), cell: (row) => (row.times.length ? h("ol", row.times.map(time)) : t("results.best.few", { count: row.settled })), wide: true },
      ],
    }),
  );
}

// ── experiments ──────────────────────────────────────────────────────────────────────────────────

function experiments({ experiments: found }) {
  const known = found.filter(({ dimension }) => LEARNT.includes(dimension));
  const about = h("p", { class: "soft" }, t("results.experiments.about"));
  if (known.length === 0) return card(t("results.experiments"), about, empty(t("results.experiments.none")));
  return card(t("results.experiments"), about, grid(known.map(experiment)));
}

function experiment({ dimension, arms }) {
  const label = t(`results.experiment.${dimension}`);
  const name = ({ arm }) => t(`results.arm.${arm}`);
  const tried = arms.filter((arm) => arm.rate);
  return h(
    "div",
    h("h3", label),
    bars({ label, items: tried.map((arm) => ({ label: name(arm), value: arm.rate.share, low: arm.rate.low, high: arm.rate.high, note: count(arm.rate) })), format: (share) => percent(share), height: 180 }),
    table({
      caption: label,
      rows: arms,
      columns: [
        { label: t("results.arm"), cell: name },
        { label: t("results.arm.tried"), cell: (arm) => number(arm.tried), align: "end" },
        { label: t("results.arm.won"), cell: (arm) => number(arm.won), align: "end" },
        { label: t("results.figure.conversion"), cell: (arm) => rate(arm.rate), align: "end" },
      ],
    }),
  );
}
