// Today: the funnel, what may still leave, how accounts fare, what needs a person, who is due and why; the sandbox behind it.

import { date, dateTime, dayMonth, loadTexts, money, number, percent, t, time } from "../i18n.js";
import { message, preview, said } from "../parts/campaign.js";
import { knowCompany, tellCompany } from "../parts/company.js";
import * as ui from "../ui.js";

const { badge, button, card, empty, facts, grid, h, heading, link, load, note, paged, replace, stat, stats, table, when } = ui;
const STAGES = ["due", "contacted", "delivered", "read", "answered", "booked"];

export async function render(root, context) {
  await loadTexts("campaign");
  if (context.params.id !== "sandbox") return today(root, context);
  await knowCompany(context);
  return sandbox(root, context);
}

// ── the day ──────────────────────────────────────────────────────────────────────────────────────

async function today(root, context) {
  const head = h("div");
  const places = { funnel: h("div"), limits: h("div"), needs: h("div") };
  const parts = { head, ...places };
  const seen = {};
  const draw = (told) => {
    tellCompany(told);
    for (const [name, make] of Object.entries(PARTS)) {
      const [shown, about] = make(told, context, draw);
      const now = JSON.stringify(about);
      if (seen[name] !== now) replace(parts[name], shown());
      seen[name] = now;
    }
  };
  const refresh = async () => draw(await context.api.get("/today", {}, { signal: context.signal }));
  await refresh();
  replace(root, head, places.funnel, grid(places.needs, places.limits), dueCard(context));
  context.live(refresh);
}

const PARTS = {
  head: (told, context, draw) => [() => headed(told, context, draw), [told.on, told.paused, told.campaign_begun, told.sends_today]],
  funnel: (told) => [() => funnelCard(told), told.funnel],
  limits: (told, context, draw) => [() => limitsCard(told, context, draw), [told.remaining, told.accounts, told.daily_limit]],
  needs: (told, context, draw) => [() => needsCard(told, context, draw), told.needs],
};

function headed(told, context, draw) {
  const turn = async (path, words) => {
    draw(await context.api.post(path));
    context.toast(t(words));
  };
  const lever = told.paused
    ? button(t("today.resume"), { kind: "primary", icon: "play", onclick: () => turn("/resume", "today.resumed") })
    : button(t("today.pause"), { icon: "pause", onclick: () => turn("/pause", "today.was_paused") });
  return [
    heading(t("page.today"), {
      about: `${date(told.on)}. ${about(told)}`,
      actions: [link(t("today.sandbox"), "#/today/sandbox", { kind: "plain", icon: "clock" }), ui.guarded(context, "manager", lever)],
    }),
    told.paused && note("warn", t("today.paused")),
  ];
}

function about({ sends_today: sends, campaign_begun: begun, campaign_hour: hour }) {
  if (!sends) return t("today.no_sending_day");
  return begun ? t("today.begun") : t("today.begins", { hour: `${String(hour).padStart(2, "0")}:00` });
}

function funnelCard({ funnel: { stages, skipped } }) {
  const due = stages.due || 0;
  const share = (n) => (due ? percent(n / due) : "");
  const reasons = Object.entries(skipped).sort((a, b) => b[1] - a[1]);
  return card(
    t("today.funnel"),
    stats(STAGES.map((stage) => stat(t(`today.stage.${stage}`), number(stages[stage] ?? 0), { note: stage === "due" ? undefined : share(stages[stage] ?? 0) }))),
    reasons.length > 0 && h("h3", t("today.skipped")),
    reasons.length > 0 && facts(reasons.map(([reason, n]) => [said("skip", reason), number(n)])),
  );
}

// ── limits and accounts ──────────────────────────────────────────────────────────────────────────

function limitsCard({ remaining, daily_limit: limit, accounts }, context, draw) {
  return card(
    t("today.limits"),
    h("p", t("today.remaining", { count: remaining }), limit === null ? "" : ` ${t("today.daily_limit", { count: limit })}`),
    accounts.length === 0 && empty(t("today.no_accounts")),
    accounts.map((account) => accountPart(account, context, draw)),
  );
}

const accountPart = (account, context, draw) =>
  h(
    "section",
    { class: "stack", "aria-label": said("channel", account.channel) },
    h("h3", said("channel", account.channel)),
    facts([
      [t("today.state"), standing(account)],
      [t("today.used"), `${number(account.sent)} / ${number(account.limit)}`],
      [t("today.spam"), percent(account.spam_score)],
    ]),
    account.stopped_by && reset(account, context, draw),
  );

const standing = ({ state, level, stopped_by: by, stopped_until: until, quality }) => [
  badge(said("account", state), { free: "good", slowed: "warn", stopped: "bad" }[state]),
  " ",
  h("span", { class: "soft" }, [
    said("level", level),
    quality !== "unknown" ? `, ${said("quality", quality)}` : "",
    by && `. ${t("today.stopped_by", { code: by })}`,
    until && ` ${t("today.stopped_until", { at: dateTime(until) })}`,
  ]),
];

function reset({ channel }, context, draw) {
  const go = async () => {
    const sure = await ui.confirm({ title: t("today.reset"), text: t("today.reset.sure", { channel: said("channel", channel) }), action: t("today.reset") });
    if (sure) draw(await context.api.post(`/accounts/${channel}/reset`));
  };
  return ui.guarded(context, "owner", button(t("today.reset"), { small: true, onclick: go }));
}

// ── what needs a person ──────────────────────────────────────────────────────────────────────────

function needsCard({ needs: { uncertain, waiting, stopped } }, context, draw) {
  const nothing = uncertain.length + waiting.length + stopped.length === 0;
  return card(
    t("today.needs"),
    nothing && empty(t("today.needs.nothing")),
    stopped.map((channel) => note("bad", t("today.needs.stopped", { channel: said("channel", channel) }))),
    waiting.length > 0 && h("h3", t("today.needs.waiting")),
    waiting.length > 0 && h("ul", { class: "stack" }, waiting.map(waits)),
    uncertain.length > 0 && h("h3", t("today.needs.uncertain")),
    uncertain.length > 0 && h("p", { class: "soft" }, t("today.needs.uncertain.about")),
    uncertain.map((each) => doubt(each, context, draw)),
  );
}

const waits = ({ client_id: id, client, since, taken_by: by, by_you: mine }) =>
  h(
    "li",
    link(client || id, `#/journeys/${encodeURIComponent(id)}`),
    " ",
    when(since),
    " ",
    by ? badge(mine ? t("today.by_you") : t("today.by_person"), "info") : badge(t("today.nobody_yet"), "warn"),
  );

function doubt({ client_id: client, client: name, message_id: id, channel, text, created_at: at }, context, draw) {
  const path = `/uncertain/${encodeURIComponent(client)}/${encodeURIComponent(id)}/settle`;
  const settle = (arrived) => async () => draw(await context.api.post(path, { arrived }));
  return h(
    "article",
    { class: "note warn" },
    h("p", h("strong", name || said("channel", channel)), ` · ${said("channel", channel)} · `, when(at)),
    h("p", text),
    ui.guarded(
      context,
      "manager",
      h("div", { class: "actions" }, button(t("today.arrived"), { small: true, onclick: settle(true) }), button(t("today.lost"), { small: true, onclick: settle(false) })),
    ),
  );
}

// ── who is due ───────────────────────────────────────────────────────────────────────────────────

function dueCard(context) {
  const list = paged({
    load: (cursor) => context.api.get("/due", { limit: 10, cursor }, { signal: context.signal }),
    draw: (items) => dueTable(items, context),
    empty: empty(t("today.due.nothing")),
  });
  return card(t("today.due"), h("p", { class: "soft" }, t("today.due.about")), list);
}

const dueTable = (items, context) =>
  table({
    caption: t("today.due"),
    rows: items,
    href: ({ client_id: id }) => `#/clients/${encodeURIComponent(id)}`,
    columns: [
      { label: t("today.due.client"), cell: ({ client, client_id: id, vip }) => [client || id, vip && " ★"] },
      { label: t("today.due.service"), cell: ({ service, service_id: id }) => service || id },
      { label: t("today.due.last"), cell: ({ last_visit_on: on, days_since: days }) => [when(on, "dayMonth"), " ", h("span", { class: "soft" }, t("today.due.ago", { count: days }))] },
      { label: t("today.due.why"), wide: true, cell: ({ reason }) => reason },
      { label: t("today.due.priority"), align: "end", cell: (line) => priority(line) },
      { label: "", cell: (line) => button(t("today.due.preview"), { small: true, onclick: () => preview(context, line) }) },
    ],
  });

const priority = ({ priority: { total, ...parts }, visits, spend_minor: spend, currency }) =>
  h(
    "details",
    h("summary", number(total)),
    facts([
      ...Object.entries(parts).map(([part, value]) => [t(`today.priority.${part}`), number(value)]),
      [t("today.due.visits"), number(visits)],
      [t("today.due.spend"), money(spend, currency)],
    ]),
  );

// ── the sandbox ──────────────────────────────────────────────────────────────────────────────────

function sandbox(root, context) {
  const place = h("div", { class: "stack" });
  const run = (by_model) => load(place, () => context.api.post("/sandbox", { by_model }), (told) => outcome(told));
  const byModel = ui.guarded(context, "manager", button(t("today.sandbox.by_model"), { onclick: () => run(true) }));
  replace(
    root,
    heading(t("today.sandbox"), {
      about: t("today.sandbox.about"),
      back: { href: "#/today", label: t("page.today") },
      actions: [button(t("today.sandbox.again"), { onclick: () => run(false) }), byModel],
    }),
    place,
  );
  return run(false);
}

function outcome({ at, paused, due, over_limit: over, no_consent: unasked, items }) {
  const leaving = items.filter(({ skipped }) => !skipped);
  const staying = items.filter(({ skipped }) => skipped);
  return [
    paused && note("warn", t("today.sandbox.paused")),
    stats(
      stat(t("today.sandbox.at"), dateTime(at)),
      stat(t("today.stage.due"), number(due)),
      stat(t("today.sandbox.leaving"), number(leaving.length)),
      stat(t("today.sandbox.staying"), number(staying.length)),
      stat(t("today.sandbox.over"), number(over)),
      stat(said("skip", "no_consent"), number(unasked)),
    ),
    note("info", t("campaign.nothing_sent")),
    card(t("today.sandbox.leaving"), leaving.length === 0 && empty(t("today.sandbox.nobody")), leaving.map(wouldLeave)),
    staying.length > 0 &&
      card(
        t("today.sandbox.staying"),
        table({
          caption: t("today.sandbox.staying"),
          rows: staying,
          columns: [
            { label: t("today.due.client"), cell: ({ client, client_id: id }) => client || id },
            { label: t("today.due.service"), cell: ({ service }) => service },
            { label: t("today.sandbox.why_not"), cell: ({ skipped }) => said("skip", skipped) },
          ],
        }),
      ),
  ];
}

const wouldLeave = ({ client, client_id: id, service, reason, unprepared, attempt }) =>
  h(
    "article",
    { class: "stack", data: { client: id } },
    h("h3", `${time(attempt.reserved_for)} · ${client || id} · ${service}`),
    h("p", { class: "soft" }, `${said("channel", attempt.channel)}, ${dayMonth(attempt.reserved_for)}. ${reason}`),
    unprepared ? note("plain", t("today.sandbox.unprepared")) : message(attempt),
  );
