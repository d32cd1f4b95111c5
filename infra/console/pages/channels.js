// Channels: messengers, the booking system and the language model, connected step by step; each step is a call of the real service.

import { knowCompany } from "../parts/company.js";
import { badge, button, card, confirm, dialog, empty, facts, field, form, grid, h, heading, load, note, replace, table, timeline, when } from "../ui.js";

const SECRET = { type: "password", autocomplete: "off", spellcheck: "false" };
const DIGITS = { inputmode: "numeric", pattern: "[0-9]*", autocomplete: "off" };
const ASKED = {
  telegram: [["telegram_token", SECRET]],
  whatsapp: [
    ["whatsapp_phone_number_id", DIGITS],
    ["whatsapp_waba_id", DIGITS],
    ["whatsapp_access_token", SECRET],
    ["whatsapp_app_secret", SECRET],
  ],
  yclients: [
    ["crm_company_id", DIGITS],
    ["yclients_partner_token", SECRET],
    ["yclients_user_token", SECRET],
  ],
  gemini: [
    ["gemini_api_key", SECRET],
    ["gemini_proxy_url", { type: "text", autocomplete: "off", spellcheck: "false" }],
  ],
};
const CALLED_BACK = ["telegram", "whatsapp", "yclients"];
const KEPT_BEFORE = ["webhook", "updates"];
const HOW = { telegram: 3, whatsapp: 4, yclients: 3, gemini: 2 };
const APPROVAL = { APPROVED: "good", PENDING: "info", IN_APPEAL: "info", REJECTED: "bad", PAUSED: "warn", DISABLED: "bad" };

export async function render(root, context) {
  const { api, t, signal, can } = context;
  await knowCompany(context);
  const list = h("div");
  const reload = () => load(list, () => api.get("/channels", {}, { signal }), (found) => drawn(context, found.channels, reload));
  root.append(heading(t("page.channels"), { about: t("channels.about") }), list);
  await reload();
  if (can("manager")) root.append(h("div", { class: "stack below" }, letters(context)));
}

function drawn(context, channels, reload) {
  const whatsapp = channels.find(({ kind }) => kind === "whatsapp");
  return h(
    "div",
    { class: "stack" },
    grid(channels.map((channel) => one(context, channel, reload))),
    whatsapp?.connected && card(context.t("channels.templates"), templates(context)),
  );
}

// ── one channel ──────────────────────────────────────────────────────────────────────────────────

function one(context, channel, reload) {
  const { t } = context;
  const { kind, connected, failed } = channel;
  const known = connected ? Object.entries(channel.shown).map(([name, value]) => [t(`channels.value.${name}`), value]) : [];
  return card(
    t(`channels.${kind}`),
    h("p", { class: "soft" }, t(`channels.${kind}.about`)),
    h("p", standing(t, channel)),
    known.length > 0 && facts(known),
    connected && channel.checked_at && h("p", { class: "soft" }, t("channels.checked"), " ", when(channel.checked_at)),
    failed && note("warn", t("channels.failed", { step: t(`channels.step.${failed}`) })),
    h("div", { class: "actions" }, actions(context, channel, reload)),
  );
}

function standing(t, { connected, failed }) {
  if (!connected) return badge(t("channels.off"));
  return failed ? badge(t("channels.ailing"), "warn") : badge(t("channels.on"), "good");
}

function actions(context, { kind, connected }, reload) {
  const { t, can } = context;
  const named = (key) => ({ "aria-label": `${t(key)}: ${t(`channels.${kind}`)}` });
  const connect = connected ? "channels.again" : "channels.connect";
  const open = () => connecting(context, kind, connected, reload);
  return [
    can("owner") && button(t(connect), { ...named(connect), kind: connected ? "plain" : "primary", onclick: open }),
    can("manager") && connected && button(t("channels.check"), { ...named("channels.check"), onclick: () => checked(context, kind, "check", reload) }),
    can("owner") && connected && CALLED_BACK.includes(kind) && button(t("channels.renew"), { ...named("channels.renew"), onclick: () => renewed(context, kind, reload) }),
    can("owner") && connected && button(t("channels.disconnect"), { ...named("channels.disconnect"), kind: "danger", onclick: () => disconnected(context, kind, reload) }),
  ];
}

async function connecting(context, kind, connected, reload) {
  const { t, api } = context;
  const result = h("div", { role: "status", "aria-live": "polite" });
  const fields = ASKED[kind].map(([name, how]) =>
    field({ name, label: t(`channels.value.${name}`), hint: connected ? t("channels.kept") : undefined, ...how }),
  );
  const send = async (values) => {
    replace(result);
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    const report = await api.post(`/channels/${kind}/connect`, given);
    fields.forEach((each) => each.input.type === "password" && (each.value = null));
    replace(result, found(t, report, true));
    result.scrollIntoView({ block: "nearest" });
  };
  await dialog({
    title: t("channels.connecting", { channel: t(`channels.${kind}`) }),
    body: (close) => [
      h("ol", { class: "how" }, Array.from({ length: HOW[kind] }, (_, n) => h("li", t(`channels.${kind}.how.${n + 1}`)))),
      form({ fields, submit: t("channels.try"), onsubmit: send, extra: button(t("ui.close"), { onclick: () => close() }) }),
      result,
    ],
  });
  await reload();
}

/** What is tried before anything is kept comes first; behind it stand the steps of KEPT_BEFORE. */
function found(t, { steps }, connecting = false) {
  const failed = steps.find(({ ok }) => !ok);
  const words = !failed ? "well" : !connecting ? "ailing" : KEPT_BEFORE.includes(failed.name) ? "kept" : "not_kept";
  const list = timeline(steps.map((step) => stepOf(t, step)));
  return h("div", { class: "stack" }, note(failed ? "bad" : "good", t(`channels.report.${words}`)), list);
}

const stepOf = (t, { name, ok, told, problem, remedy }) => ({
  title: t(`channels.step.${name}`),
  tone: ok ? "good" : "bad",
  icon: ok ? "check" : "alert",
  text: ok ? says(t, told) : [problem, remedy].filter(Boolean).join(". "),
  body: !ok && told.said ? h("p", { class: "soft" }, t("channels.said", told)) : null,
});

const says = (t, told) =>
  Object.entries(told)
    .filter(([, value]) => value)
    .map(([name, value]) => `${t(`channels.told.${name}`)}: ${value}`)
    .join(" · ");

async function checked({ t, api }, kind, what, reload) {
  const report = await api.post(`/channels/${kind}/${what}`);
  await dialog({ title: t(`channels.${kind}`), body: found(t, report), actions: [{ label: t("ui.close") }] });
  await reload();
}

async function renewed(context, kind, reload) {
  const { t } = context;
  const channel = t(`channels.${kind}`);
  const sure = await confirm({ title: t("channels.renew"), text: t("channels.renew.sure", { channel }), action: t("channels.renew") });
  if (sure) await checked(context, kind, "renew", reload);
}

async function disconnected({ t, api, toast }, kind, reload) {
  const channel = t(`channels.${kind}`);
  const text = t("channels.disconnect.sure", { channel });
  const sure = await confirm({ title: t("channels.disconnect"), text, action: t("channels.disconnect"), danger: true });
  if (!sure) return;
  await api.delete(`/channels/${kind}`);
  toast(t("channels.disconnected", { channel }));
  await reload();
}

// ── WhatsApp's templates ─────────────────────────────────────────────────────────────────────────

function templates(context) {
  const { t, api, can, signal } = context;
  const place = h("div");
  const shown = (answer) => [
    table({ caption: t("channels.templates"), columns: templateColumns(t), rows: answer.templates }),
    can("owner") && answer.templates.some(({ status }) => !status) && h("div", { class: "actions" }, submit),
  ];
  const submit = button(t("channels.templates.submit"), {
    onclick: async () => replace(place, shown(await api.post("/channels/whatsapp/templates"))),
  });
  const ask = () => load(place, () => api.get("/channels/whatsapp/templates", {}, { signal }), shown);
  replace(place, button(t("channels.templates.show"), { onclick: ask }));
  return [h("p", { class: "soft" }, t("channels.templates.about")), place];
}

const templateColumns = (t) => [
  { label: t("channels.templates.name"), cell: ({ name, language }) => `${name} (${language})` },
  { label: t("channels.templates.body"), wide: true, cell: ({ body }) => body },
  {
    label: t("channels.templates.status"),
    cell: ({ status }) => badge(status ? status.toLowerCase().replaceAll("_", " ") : t("channels.templates.unknown"), APPROVAL[status] ?? "plain"),
  },
];

// ── what could not be handled ────────────────────────────────────────────────────────────────────

function letters(context) {
  const { t, api, signal } = context;
  const place = h("div");
  const reload = () => load(place, () => api.get("/letters", {}, { signal }), ({ queues }) => lying(context, queues, reload));
  reload();
  return card(t("channels.letters"), h("p", { class: "soft" }, t("channels.letters.about")), place);
}

function lying(context, queues, reload) {
  const { t } = context;
  const held = queues.filter(({ letters: found, more }) => found.length || more);
  if (!held.length) return empty(t("channels.letters.none"));
  return held.map((queue) => [
    h("h3", t(`channels.queue.${queue.queue}`)),
    queue.more && note("info", t("channels.letters.more")),
    table({ caption: t(`channels.queue.${queue.queue}`), columns: letterColumns(t), rows: queue.letters }),
    h("div", { class: "actions" }, button(t("channels.letters.back"), { onclick: () => putBack(context, queue, reload) })),
  ]);
}

const letterColumns = (t) => [
  { label: t("channels.letters.kind"), cell: ({ kind }) => kind },
  { label: t("channels.letters.since"), cell: ({ sent_at: at }) => when(at) },
  { label: t("channels.letters.id"), cell: ({ message_id: id }) => h("code", id) },
];

async function putBack({ t, api, toast }, { queue }, reload) {
  const { count } = await api.post(`/letters/${queue}/redrive`);
  toast(t("channels.letters.done", { count }));
  await reload();
}
