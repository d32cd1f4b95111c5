// Somebody else saved first: who, when and what, and the offer to load theirs.
//
//   isAhead(problem)                                 whether a Problem means just that
//   tellAhead(context, {target, reload})             target: the audit log's; reload() shows what stands now

import { dateTime, loadTexts, t } from "../i18n.js";
import { confirm, h } from "../ui.js";

const LOOKED_THROUGH = 50;

export const isAhead = ({ status }) => status === 412 || status === 409;

export async function tellAhead(context, { target, reload }) {
  await loadTexts("ahead");
  const last = await latest(context, target);
  const body = h(
    "div",
    h("p", last ? t("ahead.by", { who: await named(context, last.user_id), when: dateTime(last.at) }) : t("ahead.somebody")),
    last && last.fields.length > 0 && h("p", { class: "soft" }, t("ahead.fields", { fields: last.fields.join(", ") })),
    h("p", t("ahead.choice")),
  );
  if (await confirm({ title: t("ahead.title"), body, action: t("ahead.load") })) await reload();
}

async function latest({ api }, target) {
  const { items } = await api.get("/audit", { limit: LOOKED_THROUGH });
  return items.find((entry) => entry.target === target);
}

/** Owners see the team; others an id. */
async function named({ api, can }, user) {
  if (!can("owner")) return user;
  const { members } = await api.get("/team");
  return members.find((member) => member.user_id === user)?.email ?? user;
}
