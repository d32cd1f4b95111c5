// Services: after how long clients are expected back, why, and what another rule would do to the due list.
//
//   #/services            the list;  ?tab=staff: who does them
//   #/services/<id>       one service's rule

import { histogram } from "../charts.js";
import { days as inDays, loadTexts, money, number, percent, t } from "../i18n.js";
import { isAhead, tellAhead } from "../parts/ahead.js";
import { knowCompany } from "../parts/company.js";
import { editService, staffCard } from "../parts/catalogue.js";
import {
  badge, button, card, empty, explain, field, form, grid, guarded, h, heading, load, note, replace, stat, stats, table, tabs,
} from "../ui.js";

const PAUSE_MS = 400;

export async function render(root, context) {
  await Promise.all([knowCompany(context), loadTexts("hours")]);
  return context.params.id ? oneService(root, context, context.params.id) : all(root, context);
}

// ── the list ─────────────────────────────────────────────────────────────────────────────────────

async function all(root, context) {
  const place = h("div", { class: "stack" });
  const show = (tab) => {
    context.setQuery({ tab: tab === "staff" ? tab : null });
    return tab === "staff" ? staffCard(place, context) : list(place, context);
  };
  const chosen = context.params.query.tab === "staff" ? "staff" : "services";
  const both = [
    { key: "services", label: t("page.services") },
    { key: "staff", label: t("services.staff") },
  ];
  replace(root, heading(t("page.services"), { about: t("services.about") }), tabs(both, chosen, show), place);
  await show(chosen);
}

const list = (place, context) =>
  load(
    place,
    () => context.api.get("/services", {}, { signal: context.signal }),
    ({ items, editable }) => [
      editable
        ? guarded(context, "manager", h("div", { class: "row" }, button(t("services.add"), { icon: "plus", onclick: () => editService(context, null) })))
        : note("info", t("services.from_crm")),
      card(null, items.length ? lines(items) : empty(t("services.none"), t("services.none.hint"))),
    ],
  );

const lines = (items) =>
  table({
    caption: t("page.services"),
    rows: items,
    href: ({ service_id: id }) => `#/services/${encodeURIComponent(id)}`,
    key: ({ service_id: id }) => id,
    columns: [
      { label: t("services.service"), cell: ({ title }) => title },
      { label: t("services.interval"), cell: (s) => inDays(s.interval_days) },
      { label: t("services.decided_by"), cell: ({ source }) => t(`services.source.${source}`) },
      { label: t("services.due_today"), align: "end", cell: (s) => number(s.due_today) },
      { label: t("services.price"), align: "end", cell: (s) => money(s.price_minor, s.currency) },
      { label: t("services.state"), cell: state },
    ],
  });

function state(service) {
  if (!service.active) return badge(t("services.not_offered"));
  return service.rule_active ? badge(t("services.on"), "good") : badge(t("services.paused"), "warn");
}

// ── one service ──────────────────────────────────────────────────────────────────────────────────

async function oneService(root, context, id) {
  const path = `/services/${encodeURIComponent(id)}`;
  const ask = (of) => context.api.read(`${path}${of}`, {}, { signal: context.signal });
  const reload = () =>
    load(
      root,
      () => Promise.all([ask(""), ask("/rule"), ask("/gaps")]),
      ([service, rule, gaps]) => drawn(context, { path, reload, service, rule, gaps: gaps.data }),
    );
  await reload();
}

function drawn(context, page) {
  const { service, rule, gaps } = page;
  const editor = ruleForm(context, page);
  const edit = service.data.editable && button(t("services.edit"), { onclick: () => editService(context, service, page.reload) });
  return [
    heading(rule.data.title, {
      about: t("services.price_and_time", { price: money(service.data.price_minor, service.data.currency), minutes: service.data.minutes }),
      back: { href: "#/services", label: t("page.services") },
      actions: edit ? [guarded(context, "manager", edit)] : [],
    }),
    card(t("services.sources"), h("p", { class: "soft" }, t("services.sources.hint")), sources(rule.data.sources)),
    grid(card(t("services.rule"), editor.form), gapsCard(context, page, gaps, editor)),
  ];
}

const sources = (found) =>
  stats(
    found.map(({ source, days, reason, wins }) =>
      stat(t(`services.source.${source}`), days === null ? "—" : inDays(days), {
        tone: wins ? "good" : undefined,
        note: [reason, wins && h("span", " ", badge(t("services.decides"), "good"))],
      }),
    ),
  );

function ruleForm(context, { path, reload, rule: { data: rule, etag } }) {
  const effect = h("div", { class: "stack", "aria-live": "polite" }, h("p", { class: "soft" }, t("services.effect.none")));
  const fields = [
    field({ name: "active", type: "switch", label: t("services.active"), value: rule.active }),
    field({ name: "manual_days", type: "number", label: t("services.manual_days"), hint: t("services.manual_days.hint"), value: rule.manual_days, min: 1, max: 1095, suffix: t("services.days") }),
    field({ name: "manual_reason", label: t("services.manual_reason"), value: rule.manual_reason, maxlength: 200 }),
    field({ name: "max_attempts", type: "number", label: t("services.max_attempts"), value: rule.max_attempts, min: 1, max: 10, required: true }),
    field({ name: "retry_interval_days", type: "number", label: t("services.retry"), value: rule.retry_interval_days, min: 1, max: 365, required: true, suffix: t("services.days") }),
    field({ name: "discounts", label: t("services.discounts"), hint: t("services.discounts.hint", { cap: rule.discount_cap_percent }), value: rule.discounts.join(", "), pattern: "\\s*(\\d{1,3}\\s*(,\\s*\\d{1,3}\\s*)*)?", suffix: "%" }),
  ];
  fields.push(card(t("services.effect"), effect));
  const body = (values) => ({
    ...values,
    manual_reason: values.manual_reason ?? "",
    discounts: (values.discounts ?? "").split(",").map((part) => part.trim()).filter(Boolean).map(Number),
    version: rule.version,
  });
  const made = form({
    fields,
    submit: t("services.save"),
    onsubmit: async (values) => {
      try {
        await context.api.put(`${path}/rule`, body(values), etag);
      } catch (problem) {
        if (!isAhead(problem)) throw problem;
        return tellAhead(context, { target: rule.service_id, reload });
      }
      context.toast(t("services.saved"));
      await reload();
    },
  });
  if (context.can("manager")) previewed(context, made, () => context.api.post(`${path}/rule/preview`, body(made.values())), effect);
  return { form: guarded(context, "manager", made), set: (days) => propose(made, days) };
}

function propose(made, days) {
  made.fields.manual_days.value = days;
  made.fields.manual_days.input.dispatchEvent(new Event("input", { bubbles: true }));
  made.fields.manual_days.input.focus();
}

/** Asked again after a pause in typing; an answer that was overtaken is not shown. */
function previewed(context, made, ask, effect) {
  let waiting;
  let asked = 0;
  const show = async () => {
    if (!made.checkValidity()) return;
    const mine = (asked += 1);
    effect.setAttribute("aria-busy", "true");
    try {
      const told = await ask();
      if (mine === asked && !context.signal.aborted) replace(effect, effectShown(told));
    } catch (problem) {
      if (mine === asked) replace(effect, note("bad", explain(problem)));
    }
    if (mine === asked) effect.removeAttribute("aria-busy");
  };
  made.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE_MS);
  });
}

const effectShown = (told) => [
  stats(counted("services.effect.today", told.today), counted("services.effect.ahead", told.ahead)),
  h("p", { class: "soft" }, t("services.effect.moved", { moved: told.moved, entries: told.entries })),
  !told.at_once && note("info", t("services.effect.later")),
  !told.complete && note("warn", t("services.effect.incomplete")),
];

function counted(label, { before, after, added, removed }) {
  const change = [added && t("services.effect.added", { count: added }), removed && t("services.effect.removed", { count: removed })];
  const said = change.filter(Boolean).join(", ") || t("services.effect.same");
  return stat(t(label), `${number(before)} → ${number(after)}`, { note: said, tone: added || removed ? "warn" : undefined });
}

// ── what the visits say ──────────────────────────────────────────────────────────────────────────

function gapsCard(context, { path, rule }, { as_of: on, bins, stats: found }, editor) {
  const advice = h("div", { class: "stack", "aria-live": "polite" });
  const ask = button(t("services.advise"), {
    icon: "search",
    onclick: async () => replace(advice, adviceShown(context, await context.api.post(`${path}/rule/calculate-optimal`), editor)),
  });
  const winner = rule.data.sources.find(({ wins }) => wins);
  const chart =
    bins.length > 0
      ? histogram({
          label: t("services.gaps.label"),
          bins: bins.map(({ since, until, returns }) => ({ from: since, to: until, count: returns })),
          marks: [{ at: winner.days, label: t("services.gaps.now", { days: winner.days }) }],
          x: (value) => number(value),
        })
      : empty(t("services.gaps.none"), on ? undefined : t("services.gaps.tonight"));
  const about = found?.returns
    ? t("services.gaps.about", { returns: found.returns, returned: found.returned, clients: found.clients, low: found.lower_quartile, median: found.median, high: found.upper_quartile })
    : null;
  return card(t("services.gaps"), about && h("p", { class: "soft" }, about), chart, guarded(context, "manager", h("div", ask)), advice);
}

const adviceShown = (context, told, editor) => [
  stats(
    stat(t("services.advice"), inDays(told.days), { note: t(`services.source.${told.source}`) }),
    stat(t("services.confidence"), percent(told.confidence), { tone: told.confidence > 0.7 ? "good" : told.confidence > 0.4 ? undefined : "warn" }),
  ),
  h("p", told.reasoning),
  button(t("services.take", { days: told.days }), { onclick: () => editor.set(told.days) }),
];
