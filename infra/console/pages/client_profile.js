// One client: how to reach them, what is expected of them, what was agreed and said.

import { visits } from "../charts.js";
import { date, money, percent, relative, setCompany } from "../i18n.js";
import {
  badge, button, card, confirm, dialog, empty, facts, field, form, grid, guarded, h, heading, link, load, note,
  replace, stat, stats, table, timeline, toast, when,
} from "../ui.js";
import { tagLinks } from "./clients.js";

const TONES = { completed: "good", booked: "info", no_show: "bad", cancelled: "plain" };
const ENDS = { converted: "good", opted_out: "bad", undeliverable: "warn", failed: "bad" };

export async function renderProfile(root, context) {
  const path = `/clients/${encodeURIComponent(context.params.id)}`;
  const { data, etag } = await context.api.read(path, {}, { signal: context.signal });
  draw(root, context, path, data, etag);
}

function draw(root, context, path, client, etag) {
  const { t } = context;
  setCompany({ zone: client.time_zone, currency: client.currency });
  const again = async () => {
    const fresh = await context.api.read(path);
    draw(root, context, path, fresh.data, fresh.etag);
  };
  const talk = h("div");
  replace(
    root,
    head(context, path, client, again),
    figures(t, client),
    outlook(t, client),
    grid(reach(t, client), notes(context, path, client, etag, again)),
    card(t("clients.talk"), talk),
    grid(consents(t, client), journeys(t, client)),
    past(t, client),
  );
  load(talk, () => context.api.get(`${path}/conversation`, {}, { signal: context.signal }), ({ items }) => words(t, items));
}

// ── head ─────────────────────────────────────────────────────────────────────────────────────────

function head(context, path, client, again) {
  const { t, can } = context;
  const name = client.name || t("clients.unnamed");
  const actions = [
    can("manager") && !client.opted_out && button(t("clients.stop"), { onclick: () => stop(context, path, name, again) }),
    can("owner") && button(t("clients.erase"), { kind: "danger", onclick: () => erase(context, path, name) }),
  ];
  const made = heading(name, { back: { href: "#/clients", label: t("clients.back") }, actions });
  made.querySelector(".heading-words").append(
    h(
      "p",
      { class: "row" },
      client.phone && h("a", { href: `tel:${client.phone}` }, client.phone),
      client.vip && badge(t("clients.vip"), "good"),
      client.opted_out && badge(t("clients.opted_out"), "bad"),
      client.away_until && badge(t("clients.away", { date: date(client.away_until) }), "warn"),
      client.tags.length > 0 && tagLinks(client.tags),
    ),
  );
  return made;
}

async function stop({ api, t }, path, name, again) {
  const asked = { title: t("clients.stop.title", { name }), text: t("clients.stop.text"), action: t("clients.stop"), danger: true };
  if (!(await confirm(asked))) return;
  await api.post(`${path}/opt-out`);
  toast(t("clients.stop.done", { name }));
  await again();
}

async function erase({ api, t, navigate }, path, name) {
  const typed = field({ name: "typed", label: t("clients.erase.type"), required: true, autocomplete: "off" });
  const done = await dialog({
    title: t("clients.erase.title", { name }),
    body: (close) => [
      note("bad", t("clients.erase.text")),
      form({
        fields: [typed],
        submit: t("clients.erase"),
        kind: "danger",
        onsubmit: async () => {
          if (typed.value?.trim() !== t("clients.erase.word")) return typed.fail(t("clients.erase.type"));
          await api.delete(path);
          close(true);
        },
        cancel: () => close(null),
      }),
    ],
  });
  if (!done) return;
  toast(t("clients.erase.done", { name }));
  navigate("#/clients");
}

const figures = (t, client) => {
  const came = client.visits.find((visit) => visit.status === "completed");
  const [next] = client.forecasts;
  return stats(
    stat(t("clients.visits.count"), client.completed_visits),
    stat(t("clients.spent"), money(client.spent_minor)),
    stat(t("clients.last"), came ? date(came.at) : "—", { note: came && relative(came.at, `${client.today}T12:00:00Z`) }),
    stat(t("clients.expected"), next ? date(next.due_on) : "—", { note: next?.service }),
  );
};

// ── visits and what is expected ──────────────────────────────────────────────────────────────────

function outlook(t, client) {
  const services = client.forecasts.map((forecast) => expected(t, client, forecast));
  return card(t("clients.outlook"), services.length ? services : empty(t("clients.outlook.none")));
}

function expected(t, client, forecast) {
  const came = client.visits.filter((v) => v.service_id === forecast.service_id && v.status === "completed");
  const { service, due_on, low, high, next_on } = forecast;
  return h(
    "div",
    h("h3", service),
    visits({
      label: t("clients.outlook.chart", { service }),
      visits: came.map((visit) => ({ at: visit.at, label: visit.staff })).reverse(),
      band: { low, mid: due_on, high },
      now: client.today,
    }),
    facts([
      [t("clients.outlook.due"), date(due_on)],
      [t("clients.outlook.band"), `${date(low)} – ${date(high)}`],
      [t("clients.outlook.chance"), percent(forecast.p_active)],
      [t("clients.outlook.write"), next_on ? date(next_on) : t("clients.outlook.quiet")],
      [t(`clients.outlook.source.${forecast.source}`), forecast.reason],
    ]),
  );
}

const past = (t, client) =>
  card(
    t("clients.visits"),
    table({
      caption: t("clients.visits"),
      empty: t("clients.visits.none"),
      rows: client.visits,
      key: (visit) => visit.visit_id,
      columns: [
        { label: t("clients.visit.at"), cell: (visit) => when(visit.at, visit.timed ? "dateTime" : "date") },
        { label: t("clients.visit.service"), cell: (visit) => visit.service },
        { label: t("clients.visit.staff"), cell: (visit) => visit.staff || null },
        { label: t("clients.visit.status"), cell: (visit) => status(t, visit) },
        { label: t("clients.visit.amount"), cell: (visit) => money(visit.amount_minor), align: "end" },
      ],
    }),
  );

const status = (t, visit) => [
  badge(t(`clients.status.${visit.status}`), TONES[visit.status]),
  visit.source === "comeback" && [" ", badge(t("clients.ours"), "info")],
];

// ── reaching and noting ──────────────────────────────────────────────────────────────────────────

const reach = (t, client) =>
  card(
    t("clients.reach"),
    client.reach.length === 0
      ? empty(t("clients.reach.none"))
      : h("div", facts(client.reach.map((each) => [t(`clients.channel.${each.channel}`), reached(t, each)]))),
  );

function reached(t, { address, reachable, doubtful, may_market, last_heard_at }) {
  const heard = last_heard_at ? t("clients.reach.heard", { when: date(last_heard_at) }) : t("clients.reach.never");
  return h(
    "span",
    { class: "row" },
    address,
    badge(may_market ? t("clients.reach.may") : t("clients.reach.may_not"), may_market ? "good" : "bad"),
    !reachable && badge(t("clients.reach.lost"), "bad"),
    reachable && doubtful && badge(t("clients.reach.doubtful"), "warn"),
    h("span", { class: "soft" }, heard),
  );
}

function notes(context, path, client, etag, again) {
  const { api, t } = context;
  const languages = ["", "ru", "en"].map((value) => ({ value, label: t(`clients.card.language.${value || "company"}`) }));
  const made = form({
    fields: [
      field({ name: "tags", label: t("clients.card.tags"), value: client.tags.join(", "), hint: t("clients.card.tags.hint") }),
      field({ name: "vip", label: t("clients.card.vip"), type: "checkbox", value: client.vip }),
      field({ name: "language", label: t("clients.card.language"), type: "select", value: client.language, options: languages }),
    ],
    submit: t("ui.save"),
    onsubmit: async ({ tags, vip, language: chosen }) => {
      const named = (tags ?? "").split(",").map((tag) => tag.trim()).filter(Boolean);
      await api.patch(path, { version: client.version, tags: named, vip, language: chosen ?? "" }, etag);
      toast(t("ui.saved"));
      await again();
    },
  });
  return card(t("clients.card"), guarded(context, "manager", made));
}

// ── what was agreed, tried and said ──────────────────────────────────────────────────────────────

const everywhere = (t, channel) => (channel ? t(`clients.channel.${channel}`) : t("clients.consent.everywhere"));

const consents = (t, { consents: ledger }) =>
  card(
    t("clients.consents"),
    ledger.length === 0
      ? empty(t("clients.consents.none"))
      : h("div", timeline(ledger.map((entry) => agreed(t, entry)))),
  );

const agreed = (t, { purpose, granted, at, channel, source, text_version: version }) => ({
  at,
  title: t(`clients.consent.${granted ? "yes" : "no"}`, { purpose: t(`clients.consent.${purpose}`) }),
  text: `${everywhere(t, channel)} · ${t("clients.consent.source", { source, version })}`,
  tone: granted ? "good" : "bad",
  icon: granted ? "check" : "close",
});

const journeys = (t, client) =>
  card(
    t("clients.journeys"),
    client.journeys.length === 0
      ? empty(t("clients.journeys.none"))
      : h("div", timeline(client.journeys.map((journey) => way(t, client, journey)))),
  );

const way = (t, client, { journey_id, service, started_at, completion, attempts }) => ({
  at: started_at,
  title: link(service, `#/journeys/${encodeURIComponent(client.client_id)}/${encodeURIComponent(journey_id)}`),
  text: `${completion ? t(`clients.completion.${completion}`) : t("clients.journey.now")} · ${t("clients.journey.attempts", { count: attempts })}`,
  tone: completion ? (ENDS[completion] ?? "plain") : "info",
  icon: "journeys",
});

function words(t, items) {
  if (items.length === 0) return empty(t("clients.talk.none"));
  return timeline(items.map((item) => (item.by_client ? theirs(t, item) : ours(t, item))).reverse());
}

const channel = (t, item) => (item.channel ? t(`clients.channel.${item.channel}`) : "—");

const ours = (t, item) => ({
  at: item.at,
  title: t("clients.talk.us", { channel: channel(t, item) }),
  text: item.text,
  tone: item.state === "failed" ? "bad" : "plain",
  icon: "send",
  body: h(
    "p",
    { class: "row" },
    item.buttons.map((label) => badge(label)),
    h("span", { class: "soft" }, t(`clients.state.${item.state}`)),
  ),
});

const theirs = (t, item) => ({
  at: item.at,
  title: t("clients.talk.client", { channel: channel(t, item) }),
  text: item.text || [item.understood && t("clients.talk.understood", { outcome: t(`clients.outcome.${item.understood}`) }), t("clients.talk.not_kept")].filter(Boolean).join(" "),
  tone: "info",
  icon: "phone",
});
