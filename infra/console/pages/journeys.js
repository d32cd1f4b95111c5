// Journeys: the list with its filters; one journey as its timeline, with what a person may do about it.

import { newKey } from "../api.js";
import { dateTime, loadTexts, money, percent, t } from "../i18n.js";
import { message, said, stateOf } from "../parts/campaign.js";
import { knowCompany } from "../parts/company.js";
import * as ui from "../ui.js";

const { badge, button, card, empty, facts, field, form, grid, h, heading, link, note, paged, replace, table, timeline, when } = ui;
const STATES = ["analysed", "reserved", "prepared", "written", "waiting", "resting", "finished"];
const CHANNELS = ["telegram", "whatsapp", "max"];
const RESPONSES = ["booked", "declined", "away", "already_booked", "opted_out", "no_response", "undeliverable", "uncertain", "skipped", "failed"];
const FILTERS = ["since", "until", "state", "service", "channel", "response"];
const GONE = 404;

export async function render(root, context) {
  await Promise.all([loadTexts("campaign"), knowCompany(context)]);
  const { id, more } = context.params;
  if (id && more[0]) return journey(root, context, id, more[0]);
  return id ? latest(root, context, id) : list(root, context);
}

// ── the list ─────────────────────────────────────────────────────────────────────────────────────

async function list(root, context) {
  const asked = Object.fromEntries(FILTERS.map((name) => [name, context.params.query[name] ?? null]));
  const found = paged({
    load: (cursor) => context.api.get("/journeys", { ...asked, limit: 25, cursor }, { signal: context.signal }),
    draw: (items) => lines(items),
    empty: empty(t("journeys.nothing"), t("journeys.nothing.hint")),
  });
  const change = (name, value) => {
    asked[name] = value;
    context.setQuery({ [name]: value });
    return found.reload();
  };
  replace(root, heading(t("page.journeys"), { about: t("journeys.about") }), filters(asked, change, await services(context)), found);
}

async function services({ api, signal }) {
  try {
    const told = await api.get("/services", {}, { signal });
    return (told.items ?? told.services ?? told).map(({ service_id: value, title: label }) => ({ value, label }));
  } catch {
    return [];
  }
}

function filters(asked, change, known) {
  const any = { value: "", label: t("journeys.any") };
  const select = (name, options) => {
    const made = field({ name, label: t(`journeys.filter.${name}`), type: "select", value: asked[name] ?? "", options: [any, ...options] });
    made.input.addEventListener("change", () => change(name, made.value));
    return made;
  };
  const day = (name) => {
    const made = field({ name, label: t(`journeys.filter.${name}`), type: "date", value: asked[name] ?? "" });
    made.input.addEventListener("change", () => change(name, made.value));
    return made;
  };
  const words = (kind, values) => values.map((value) => ({ value, label: said(kind, value) }));
  return h(
    "div",
    { class: "filters", role: "search", "aria-label": t("journeys.filters") },
    select("state", words("state", STATES)),
    select("response", words("outcome", RESPONSES)),
    select("channel", words("channel", CHANNELS)),
    known.length > 0 && select("service", known),
    day("since"),
    day("until"),
  );
}

const path = ({ client_id: client, journey_id: id }) => `${encodeURIComponent(client)}/${encodeURIComponent(id)}`;

const lines = (items) =>
  table({
    caption: t("page.journeys"),
    rows: items,
    href: (line) => `#/journeys/${path(line)}`,
    key: ({ journey_id: id }) => id,
    columns: [
      { label: t("journeys.client"), cell: ({ client, client_id: id }) => client || id },
      { label: t("journeys.service"), cell: ({ service, service_id: id }) => service || id },
      { label: t("journeys.begun"), cell: ({ started_at: at }) => when(at) },
      { label: t("journeys.channel"), cell: ({ channel }) => channel && said("channel", channel) },
      { label: t("journeys.attempt"), align: "end", cell: ({ attempt }) => String(attempt) },
      { label: t("journeys.state"), cell: (line) => stateOf(line) },
      { label: t("journeys.response"), cell: ({ response }) => response && said("outcome", response) },
    ],
  });

/** Whose person is wanted, but no journey was named: the talk alone. */
async function latest(root, context, client) {
  const talk = await context.api.get(`/talks/${encodeURIComponent(client)}`, {}, { signal: context.signal });
  if (talk.journey_id) return journey(root, context, client, talk.journey_id);
  const place = h("div");
  const draw = (told) =>
    replace(
      place,
      heading(told.client || client, { back: { href: "#/journeys", label: t("page.journeys") }, actions: [takeOver(context, client, told.person, again)] }),
      card(t("journeys.heard"), heardList(told.heard)),
      told.person?.taken_by ? write(context, client, again) : null,
    );
  const again = async () => draw(await context.api.get(`/talks/${encodeURIComponent(client)}`));
  draw(talk);
  replace(root, place);
}

const heardList = (heard) =>
  heard.length === 0 ? empty(t("journeys.heard.nothing")) : timeline(heard.map(({ at, text }) => ({ at, title: t("journeys.happened.heard"), text, icon: "clients" })));

// ── one journey ──────────────────────────────────────────────────────────────────────────────────

async function journey(root, context, client, id) {
  const at = `/journeys/${path({ client_id: client, journey_id: id })}`;
  const place = h("div", { class: "stack" });
  const writing = h("div");
  let seen = "";
  const draw = (story) => {
    const now = JSON.stringify(story);
    if (now === seen) return;
    seen = now;
    const talks = Boolean(story.person?.taken_by);
    replace(place, drawn(context, story, at, refresh));
    if (talks !== Boolean(writing.firstChild)) replace(writing, talks && write(context, client, refresh));
  };
  const refresh = async () => {
    try {
      draw(await context.api.get(at, {}, { signal: context.signal }));
    } catch (problem) {
      if (problem.status !== GONE) throw problem;
      if (!seen) replace(place, heading(t("journeys.one"), { back: back() }), note("info", t("journeys.beginning")));
    }
  };
  await refresh();
  replace(root, place, writing);
  context.live(refresh);
}

const back = () => ({ href: "#/journeys", label: t("page.journeys") });

function drawn(context, story, at, refresh) {
  const { line, attempts, events, booking } = story;
  return [
    heading(line.client || line.client_id, {
      about: [line.service, " · ", stateOf(line)],
      back: back(),
      actions: actions(context, story, at, refresh),
    }),
    story.person && !story.person.taken_by && note("warn", t("journeys.person_wanted")),
    story.person?.taken_by && note("info", story.person.by_you ? t("journeys.you_answer") : t("journeys.person_answers")),
    grid(
      card(t("journeys.timeline"), timeline(events.map((event) => shown(event, line, attempts)))),
      h(
        "div",
        { class: "stack" },
        card(
          t("journeys.facts"),
          facts([
            [t("journeys.why"), said("why", line.why)],
            [t("journeys.client"), link(line.client || line.client_id, `#/clients/${encodeURIComponent(line.client_id)}`)],
            [t("journeys.begun"), dateTime(line.started_at)],
            [t("journeys.p_return"), story.p_return === null ? undefined : percent(story.p_return)],
            [t("journeys.response"), line.response ? said("outcome", line.response) : t("journeys.none_yet")],
          ]),
        ),
        booking && card(t("journeys.booking"), facts(booked(booking))),
        attempts.map((attempt) => attemptCard(attempt)),
      ),
    ),
  ];
}

const booked = ({ at, service, staff, status, amount_minor: amount }) => [
  [t("journeys.when"), dateTime(at)],
  [t("journeys.service"), service],
  [t("journeys.staff"), staff],
  [t("journeys.state"), said("visit", status)],
  [t("journeys.amount"), amount ? money(amount) : undefined],
];

const attemptCard = (attempt) =>
  card(
    t("journeys.attempt_n", { n: attempt.number }),
    facts([
      [t("journeys.channel"), attempt.channel ? said("channel", attempt.channel) : undefined],
      [t("journeys.reserved"), attempt.reserved_for ? dateTime(attempt.reserved_for) : undefined],
      [t("journeys.sent"), attempt.sent_at ? dateTime(attempt.sent_at) : undefined],
      [t("journeys.deadline"), attempt.deadline ? dateTime(attempt.deadline) : undefined],
      [t("journeys.message"), attempt.message ? [said("message", attempt.message), attempt.error_code && ` (${attempt.error_code})`] : undefined],
      [t("journeys.slots"), attempt.slots.length ? attempt.slots.map(({ at, staff }) => `${dateTime(at)} ${staff}`.trim()).join("; ") : undefined],
      [t("journeys.response"), attempt.outcome ? [said("outcome", attempt.outcome), detail(attempt)] : undefined],
    ]),
  );

const detail = ({ outcome, detail: words }) => (outcome === "skipped" && words ? `: ${said("skip", words)}` : "");

const MARKS = { started: "journeys", sent: "send", answered: "check", heard: "clients", replied: "channels", booked: "calendar", finished: "check" };

function shown({ at, what, attempt, text, state, by_hand: hand }, line, attempts) {
  const title = what === "replied" && hand ? t("journeys.happened.by_hand") : t(`journeys.happened.${what}`, { n: attempt });
  const words = { finished: said("completion", line.completion), sent: null }[what];
  const sent = what === "sent" && attempts.find((each) => each.sent_at === at);
  return {
    at,
    title,
    text: words === undefined ? text : words,
    tone: what === "booked" ? "good" : "plain",
    icon: MARKS[what],
    body: [sent && message(sent), state && badge(said("message", state))],
  };
}

// ── what a person may do ─────────────────────────────────────────────────────────────────────────

function actions(context, { line, person }, at, refresh) {
  const cancel = async () => {
    const sure = await ui.confirm({ title: t("journeys.cancel"), text: t("journeys.cancel.sure"), action: t("journeys.cancel"), danger: true });
    if (!sure) return;
    await context.api.post(`${at}/cancel`);
    context.toast(t("journeys.cancelled"));
    await refresh();
  };
  const retry = async () => {
    const begun = await context.api.post(`${at}/retry`);
    context.toast(t("campaign.begun"));
    context.navigate(`#/journeys/${path(begun)}`);
  };
  return [
    takeOver(context, line.client_id, person, refresh),
    line.may_retry && ui.guarded(context, "manager", button(t("journeys.retry"), { onclick: retry })),
    line.may_cancel && ui.guarded(context, "manager", button(t("journeys.cancel"), { kind: "danger", onclick: cancel })),
  ].filter(Boolean);
}

function takeOver(context, client, person, refresh) {
  const mine = person?.by_you;
  const turn = async () => {
    await context.api.post(`/talks/${encodeURIComponent(client)}/${mine ? "release" : "take-over"}`);
    context.toast(t(mine ? "journeys.released" : "journeys.taken"));
    await refresh();
  };
  return ui.guarded(context, "manager", button(t(mine ? "journeys.release" : "journeys.take_over"), { icon: "channels", onclick: turn }));
}

function write(context, client, refresh) {
  let key = newKey();
  const words = field({ name: "text", label: t("journeys.write"), type: "textarea", required: true, maxlength: 1000 });
  const made = form({
    fields: [words],
    submit: t("journeys.write.send"),
    onsubmit: async ({ text }) => {
      await context.api.post(`/talks/${encodeURIComponent(client)}/messages`, { text }, { key });
      key = newKey();
      words.value = "";
      context.toast(t("journeys.written"));
      await refresh();
    },
  });
  return card(t("journeys.write.title"), ui.guarded(context, "manager", made));
}
