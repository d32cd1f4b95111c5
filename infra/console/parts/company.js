// What dates and sums are shown in: the company's zone and currency, asked for once.
//
//   knowCompany(context)     → Promise; after it i18n.js shows times on the company's clock
//   tellCompany(today)       the same from an answer of /today

import { setCompany } from "../i18n.js";

let known = null;

export function tellCompany({ time_zone: zone, currency }) {
  setCompany({ zone, currency });
  known = Promise.resolve();
}

export function knowCompany({ api, signal }) {
  known ??= api.get("/today", {}, { signal }).then(tellCompany, () => (known = null));
  return known;
}
