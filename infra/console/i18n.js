// Words, numbers and dates in the reader's language.
//
//   language() → "ru" | "en"           setLanguage(lang)      LANGUAGES
//   t(key, values?)                    the text with {name} filled in. A text may be plural forms by Intl.PluralRules,
//                                      chosen by values.count: {one: "{count} клиент", few: "{count} клиента", many: "{count} клиентов", other: …}
//   has(key)                           whether there is such a text
//   loadTexts(name)                    texts/<name>.<lang>.js (export default {key: text, …}); keys start with "<name>."
//   setCompany({zone, currency})       what the functions below take unless told otherwise
//   number(n, options?) percent(share, digits=0) money(minorUnits, currency?)    → text; null → "—"
//   date(iso) dateTime(iso) time(iso) dayMonth(iso) relative(iso, now) days(n)   → text in the company's zone; null → "—"
//   A date without a time ("2026-11-21") is that calendar day in every zone.

export const LANGUAGES = { en: "English", ru: "Русский" };
export const NOTHING = "—";
const COOKIE = "comeback_language";

const texts = {};
const loaded = new Map();
let current = chosen();
let company = { zone: undefined, currency: "RUB" };

function chosen() {
  const kept = document.cookie.match(new RegExp(`${COOKIE}=(\\w+)`))?.[1];
  if (kept in LANGUAGES) return kept;
  return navigator.languages.map((name) => name.slice(0, 2)).find((name) => name in LANGUAGES) ?? "en";
}

export const language = () => current;

export function setLanguage(name) {
  current = name;
  document.cookie = `${COOKIE}=${name}; Path=/; SameSite=Strict; Max-Age=31536000`;
  document.documentElement.lang = name;
}

export function setCompany(known) {
  company = { ...company, ...known };
}

export function loadTexts(name) {
  const file = name === "shell" ? `./texts/${current}.js` : `./texts/${name}.${current}.js`;
  if (!loaded.has(file)) {
    const lang = current;
    const taken = import(file).then((module) => Object.assign((texts[lang] ??= {}), module.default));
    loaded.set(file, taken);
    taken.catch(() => loaded.delete(file));
  }
  return loaded.get(file);
}

export const has = (key) => texts[current]?.[key] !== undefined;

export function t(key, values = {}) {
  const found = texts[current]?.[key];
  if (found === undefined) {
    console.warn(`no text ${key} in ${current}`);
    return key;
  }
  const text = typeof found === "string" ? found : plural(found, values.count);
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    return typeof value === "number" ? number(value) : String(value);
  });
}

function plural(forms, count) {
  return forms[new Intl.PluralRules(current).select(count)] ?? forms.other ?? forms.many;
}

const given = (value) => value !== null && value !== undefined;
const format = (kind, options) => new kind(current === "en" ? "en-GB" : current, options);

export const number = (value, options = {}) =>
  given(value) ? format(Intl.NumberFormat, { maximumFractionDigits: 1, ...options }).format(value) : NOTHING;

export const percent = (share, digits = 0) =>
  number(share, { style: "percent", maximumFractionDigits: digits });

/** Minor units: 150000 RUB → 1 500 ₽. The currency says how many minor units make one. */
export function money(minor, currency = company.currency) {
  if (!given(minor)) return NOTHING;
  const digits = format(Intl.NumberFormat, { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits;
  const value = minor / 10 ** digits;
  const shown = Number.isInteger(value) ? 0 : digits;
  return number(value, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  });
}

function moment(iso, options) {
  if (!given(iso) || iso === "") return NOTHING;
  const day = typeof iso === "string" && iso.length === 10;
  const zone = day ? "UTC" : company.zone;
  const text = format(Intl.DateTimeFormat, { ...options, timeZone: zone }).format(new Date(iso));
  return text.replace(/\s?г\./, "");
}

export const date = (iso) => moment(iso, { day: "numeric", month: "short", year: "numeric" });
export const dayMonth = (iso) => moment(iso, { day: "numeric", month: "short" });
export const time = (iso) => moment(iso, { hour: "2-digit", minute: "2-digit" });
export const dateTime = (iso) =>
  moment(iso, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

const STEPS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

export function relative(iso, now = Date.now()) {
  if (!given(iso)) return NOTHING;
  const gap = new Date(iso) - new Date(now);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(gap) >= length) ?? STEPS.at(-1);
  return format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.round(gap / size), unit);
}

export const days = (count) =>
  number(count, { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 0 });
