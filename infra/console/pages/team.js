// Team: who may sign in, and as what. Owners alone see and change it.

import { newKey } from "../api.js";
import { knowCompany } from "../parts/company.js";
import { badge, button, card, confirm, dialog, empty, facts, field, form, h, heading, load, table, when } from "../ui.js";

const ROLES = ["owner", "manager", "viewer"];
const TONES = { active: "good", invited: "info", blocked: "bad" };

export async function render(root, context) {
  const { api, t, can, signal } = context;
  const about = t("team.about");
  if (!can("owner")) {
    root.append(heading(t("page.team"), { about }), card(null, empty(t("team.for_owners"), t("team.for_owners.hint"))));
    return;
  }
  await knowCompany(context);
  const list = h("div");
  const reload = () => load(list, () => api.get("/team", {}, { signal }), ({ members }) => drawn(context, members, reload));
  const invite = button(t("team.invite"), { kind: "primary", icon: "plus", onclick: () => invited(context, reload) });
  root.append(heading(t("page.team"), { about, actions: [invite] }), card(null, list), card(t("team.roles"), roles(t)));
  await reload();
}

const drawn = (context, members, reload) =>
  table({
    caption: context.t("page.team"),
    columns: columns(context, reload),
    rows: members,
    key: (member) => member.email,
  });

const columns = (context, reload) => [
  { label: context.t("team.email"), cell: ({ email }) => [email, email === context.email && [" ", badge(context.t("team.you"))]] },
  { label: context.t("team.role"), cell: ({ role }) => context.t(`role.${role}`) },
  {
    label: context.t("team.standing"),
    cell: ({ standing }) => badge(context.t(`team.standing.${standing}`), TONES[standing]),
  },
  { label: context.t("team.since"), cell: ({ since }) => when(since, "date") },
  { label: context.t("team.actions"), wide: true, cell: (member) => actions(context, member, reload) },
];

function actions(context, member, reload) {
  const { t } = context;
  const named = (key) => ({ small: true, "aria-label": `${t(key)}: ${member.email}` });
  const again =
    member.standing === "invited"
      ? button(t("team.again"), { ...named("team.again"), onclick: () => invitedAgain(context, member) })
      : button(t("team.totp"), { ...named("team.totp"), onclick: () => reset(context, member) });
  return h(
    "div",
    { class: "row" },
    button(t("team.change"), { ...named("team.change"), onclick: () => changed(context, member, reload) }),
    again,
    button(t("team.remove"), { ...named("team.remove"), kind: "danger", onclick: () => removed(context, member, reload) }),
  );
}

const roles = (t) =>
  h("div", facts(ROLES.map((role) => [t(`role.${role}`), t(`team.may.${role}`)])));

const roleField = (t, value) =>
  field({
    name: "role",
    label: t("team.role"),
    type: "select",
    value,
    options: ROLES.map((role) => ({ value: role, label: t(`role.${role}`) })),
  });

// ── what owners do ───────────────────────────────────────────────────────────────────────────────

async function invited({ api, t, lang, toast }, reload) {
  const key = newKey();
  const email = await dialog({
    title: t("team.invite"),
    body: (close) =>
      form({
        fields: [
          h("p", t("team.invite.hint")),
          field({ name: "email", label: t("team.email"), type: "email", required: true, autocomplete: "off" }),
          roleField(t, "manager"),
        ],
        submit: t("team.invite.send"),
        cancel: () => close(),
        onsubmit: async (values) => close((await api.post("/team", { ...values, language: lang }, { key })).email),
      }),
  });
  if (!email) return;
  toast(t("team.invited", { email }));
  await reload();
}

async function changed({ api, t, toast }, member, reload) {
  const place = `/team/${encodeURIComponent(member.user_id)}`;
  const { etag } = await api.read(place);
  const done = await dialog({
    title: t("team.change.of", member),
    body: (close) =>
      form({
        fields: [roleField(t, member.role)],
        submit: t("ui.save"),
        cancel: () => close(),
        onsubmit: async (values) => close(await api.put(`${place}/role`, values, etag)),
      }),
  });
  if (!done) return;
  toast(t("ui.saved"));
  await reload();
}

async function invitedAgain({ api, t, toast }, member) {
  await api.post(`/team/${encodeURIComponent(member.user_id)}/invitation`);
  toast(t("team.invited", member));
}

async function reset({ api, t, toast }, member) {
  const sure = await confirm({ title: t("team.totp"), text: t("team.totp.sure", member), action: t("team.totp") });
  if (!sure) return;
  await api.post(`/team/${encodeURIComponent(member.user_id)}/totp/reset`);
  toast(t("team.totp.done"));
}

async function removed({ api, t, toast }, member, reload) {
  const sure = await confirm({
    title: t("team.remove"),
    text: t("team.remove.sure", member),
    action: t("team.remove"),
    danger: true,
  });
  if (!sure) return;
  await api.delete(`/team/${encodeURIComponent(member.user_id)}`);
  toast(t("team.removed", member));
  await reload();
}
