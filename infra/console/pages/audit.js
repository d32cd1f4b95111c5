// Audit: what was changed, when and by whom. The log holds ids; whoever may see the team sees addresses instead.

import { has } from "../i18n.js";
import { knowCompany } from "../parts/company.js";
import { badge, card, heading, paged, table, when } from "../ui.js";

const SYSTEM = "system";

export async function render(root, context) {
  const { api, t, signal } = context;
  const [team] = await Promise.all([names(context), knowCompany(context)]);
  const list = paged({
    load: (cursor) => api.get("/audit", { cursor, limit: 50 }, { signal }),
    draw: (items) => table({ caption: t("page.audit"), columns: columns(t, team), rows: items }),
  });
  root.append(heading(t("page.audit"), { about: t("audit.about") }), card(null, list));
}

async function names({ api, can, signal }) {
  if (!can("owner")) return new Map();
  try {
    const { members } = await api.get("/team", {}, { signal });
    return new Map(members.map(({ user_id: id, email }) => [id, email]));
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    return new Map();
  }
}

const columns = (t, team) => [
  { label: t("audit.when"), cell: ({ at }) => when(at) },
  { label: t("audit.who"), cell: ({ user_id: id }) => team.get(id) ?? (id === SYSTEM ? t("audit.system") : id.slice(0, 8)) },
  { label: t("audit.what"), cell: ({ operation }) => (has(`audit.op.${operation}`) ? t(`audit.op.${operation}`) : operation) },
  { label: t("audit.target"), cell: ({ target }) => team.get(target) ?? (target || null) },
  { label: t("audit.fields"), wide: true, cell: ({ fields }) => (fields.length ? fields.map((field) => [badge(field), " "]) : null) },
];
