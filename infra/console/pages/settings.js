// Settings: when and how the company writes, how much, what is measured. Owners change them; all are saved at once.

import { loadTexts, t } from "../i18n.js";
import { isAhead, tellAhead } from "../parts/ahead.js";
import { clock, daysField, hoursField } from "../parts/hours.js";
import { button, card, field, form, guarded, h, heading, load, note, replace } from "../ui.js";

const TYPES = ["beauty", "barbershop", "dental", "fitness", "car_workshop", "cafe", "clinic", "other"];
const TONES = ["friendly", "professional", "casual"];
const CHAIRS = ["off", "ask", "auto"];
const MESSENGERS = ["telegram", "whatsapp", "max"];
const LANGUAGES = { ru: "Русский", en: "English" };
const FIXED = ["company_id", "currency", "crm", "owner_connected"];

export async function render(root, context) {
  await loadTexts("hours");
  const place = h("div", { class: "stack" });
  replace(root, heading(t("page.settings"), { about: t("settings.about") }), place);
  const reload = () =>
    load(place, () => context.api.read("/company", {}, { signal: context.signal }), ({ data, etag }) => [
      !context.can("owner") && note("info", t("settings.for_owners")),
      card(null, guarded(context, "owner", settings(context, data, etag, reload))),
    ]);
  await reload();
}

function settings(context, company, etag, reload) {
  const fields = drawn(company);
  return form({
    fields,
    submit: t("ui.save"),
    onsubmit: async (values) => {
      try {
        await context.api.put("/company", body(company, values), etag);
      } catch (problem) {
        if (!isAhead(problem)) throw problem;
        return tellAhead(context, { target: company.company_id, reload });
      }
      context.toast(t("settings.saved"));
      await reload();
    },
  });
}

/** Sums are entered in the currency itself, and kept in its hundredths. */
const minor = (sum) => (sum === null ? null : Math.round(sum * 100));
const major = (units) => (units === null || units === undefined ? null : units / 100);

/** What the page does not show goes back as it came. */
function body(company, values) {
  const { whatsapp_price: price, usd, sending_start: start, sending_end: end, ...told } = values;
  const prices = { ...company.message_prices };
  if (price === null) delete prices.whatsapp;
  else prices.whatsapp = minor(price);
  const kept = Object.fromEntries(Object.entries(company).filter(([name]) => !FIXED.includes(name)));
  const seconds = (time) => (time === null ? "" : `${time}:00`);
  return { ...kept, ...told, title: told.title ?? "", sending_start: seconds(start), sending_end: seconds(end), message_prices: prices, minor_per_usd: minor(usd) };
}

function drawn(company) {
  const named = (name, more = {}) => ({ name, label: t(`settings.${name}`), hint: hintOf(name), value: company[name], ...more });
  const text = (name, more) => field(named(name, more));
  const whole = (name, min, max, more) => field(named(name, { type: "number", min, max, required: true, ...more }));
  const hour = (name) => whole(name, 0, 23, { suffix: t("settings.oclock") });
  const share = (name, max = 100) => whole(name, 0, max, { suffix: "%" });
  const days = (name, max) => whole(name, 1, max, { suffix: t("settings.days") });
  const onOff = (name) => field(named(name, { type: "switch" }));
  const oneOf = (name, options) => field(named(name, { type: "select", options }));
  const words = (name, values) => oneOf(name, values.map((value) => ({ value, label: t(`settings.${name}.${value}`) })));
  const sum = (name, value) =>
    field(named(name, { type: "number", min: 0, max: 1e7, step: "any", suffix: company.currency, value: major(value) }));
  const time = (name) => field(named(name, { type: "time", value: clock(company[name]), required: true }));
  return [
    part("company"),
    text("title", { required: true, maxlength: 120 }),
    words("business_type", TYPES),
    oneOf("time_zone", zones(company.time_zone)),
    oneOf("language", Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))),
    hoursField(named("opening")),
    part("sending"),
    onOff("enabled"),
    hour("campaign_hour"),
    time("sending_start"),
    time("sending_end"),
    daysField(named("sending_days")),
    orderField(named("channels")),
    part("limits"),
    field(named("daily_limit", { type: "number", min: 1, max: 100000 })),
    whole("week_cap", 1, 30),
    whole("month_cap", 1, 30),
    days("answer_days", 30),
    part("message"),
    words("tone", TONES),
    share("discount_cap_percent"),
    onOff("slots_in_message"),
    whole("max_slots", 1, 3),
    onOff("prefer_favourite_staff"),
    part("chairs"),
    words("empty_chairs", CHAIRS),
    whole("empty_chairs_limit", 1, 100),
    part("measuring"),
    share("holdout_percent", 50),
    days("attribution_days", 90),
    share("margin_percent"),
    sum("whatsapp_price", company.message_prices.whatsapp),
    sum("usd", company.minor_per_usd),
    part("reports"),
    !company.owner_connected && note("warn", t("settings.owner_not_connected")),
    hour("report_hour"),
    share("conversion_warning_percent"),
  ].filter(Boolean);
}

const HINTED = [
  "enabled", "campaign_hour", "channels", "daily_limit", "week_cap", "answer_days", "discount_cap_percent", "empty_chairs", "holdout_percent",
  "attribution_days", "margin_percent", "whatsapp_price", "usd", "conversion_warning_percent", "opening",
];
const hintOf = (name) => (HINTED.includes(name) ? t(`settings.${name}.hint`) : undefined);

const part = (name) => h("h2", t(`settings.part.${name}`));

function zones(own) {
  const known = Intl.supportedValuesOf("timeZone");
  return (known.includes(own) ? known : [own, ...known]).map((value) => ({ value, label: value }));
}

/** Messengers in the order of preference: each may be moved up, taken out and put back. */
function orderField({ name, label, hint, value }) {
  let order = [...value];
  const rows = h("div", { class: "stack" });
  const said = h("p", { class: "field-problem", role: "alert" });
  const root = h("fieldset", { class: "field group" }, h("legend", label), h("p", { class: "field-hint" }, hint), rows, said);
  const set = (next, focus) => {
    order = next;
    root.fail(null);
    show();
    rows.querySelector(`[data-of="${focus}"]`)?.focus();
  };
  const row = (kind, place) => {
    const named = t(`settings.channel.${kind}`);
    const up = place > 0 && small("settings.up", named, () => set([...order.slice(0, place - 1), kind, order[place - 1], ...order.slice(place + 1)], kind));
    const toggle =
      place < 0
        ? small("settings.put_in", named, () => set([...order, kind], kind), kind)
        : small("settings.take_out", named, () => set(order.filter((each) => each !== kind), kind), kind);
    return h("div", { class: "spread" }, h("span", place < 0 ? named : `${place + 1}. ${named}`), h("div", { class: "row" }, up, toggle));
  };
  const show = () => {
    replace(rows, order.map(row), MESSENGERS.filter((kind) => !order.includes(kind)).map((kind) => row(kind, -1)));
    root.input = rows.querySelector("button");
  };
  root.name = name;
  root.fail = (text) => replace(said, text);
  Object.defineProperty(root, "value", { get: () => order });
  show();
  return root;
}

const small = (key, named, onclick, of) =>
  button(t(key), { small: true, onclick, "aria-label": `${t(key)}: ${named}`, "data-of": of });
