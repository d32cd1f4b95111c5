// Clients: found by name, phone or tag; one of them with all that is known (client_profile.js).

import { badge, button, card, empty, h, heading, link, paged, search, table } from "../ui.js";
import { exportDialog } from "./client_export.js";
import { renderProfile } from "./client_profile.js";

export async function render(root, context) {
  if (context.params.id) return renderProfile(root, context);
  const { t, can, params, setQuery } = context;
  const wanted = { q: params.query.q ?? "", tag: params.query.tag ?? "" };
  const list = clients(context, wanted);
  const look = search({
    label: t("clients.search"),
    value: wanted.q,
    onsearch: (q) => {
      wanted.q = q;
      setQuery({ q });
      return list.reload();
    },
  });
  const actions = can("manager")
    ? [button(t("clients.export"), { icon: "download", onclick: () => exportDialog(context) })]
    : [];
  root.append(
    heading(t("page.clients"), { about: t("clients.about"), actions }),
    h("div", { class: "filters" }, look, tagged(context, wanted)),
    card(null, list),
  );
}

const tagged = ({ t }, { tag }) =>
  tag && h("p", { class: "row" }, badge(t("clients.tagged", { tag }), "info"), link(t("clients.all"), "#/clients"));

/** A page of a search may hold nobody although there are more to look at: it is read on until somebody is found. */
function clients({ api, t, signal }, wanted) {
  const ask = async (cursor) => {
    const page = await api.get("/clients", { ...wanted, cursor, limit: 50 }, { signal });
    return page.items.length || !page.next ? page : ask(page.next);
  };
  const list = paged({
    load: ask,
    draw: (items) => table({ caption: t("page.clients"), columns: columns(t), rows: items, href, key: (row) => row.client_id }),
    empty: nobody(t, wanted),
  });
  return list;
}

const href = (client) => `#/clients/${encodeURIComponent(client.client_id)}`;
const nobody = (t, { q, tag }) => {
  const kind = q || tag ? "nobody" : "none";
  return empty(t(`clients.${kind}`), t(`clients.${kind}.hint`));
};

const columns = (t) => [
  { label: t("clients.name"), cell: ({ name, vip }) => [name || t("clients.unnamed"), vip && " ", vip && badge(t("clients.vip"), "good")] },
  { label: t("clients.phone"), cell: ({ phone }) => phone || null },
  { label: t("clients.tags"), cell: ({ tags }) => (tags.length ? tagLinks(tags) : null) },
  { label: t("clients.messengers"), cell: ({ channels }) => channels.map((each) => t(`clients.channel.${each}`)).join(", ") || null },
];

export const tagLinks = (tags) =>
  h("span", { class: "row" }, tags.map((tag) => link(tag, `#/clients?tag=${encodeURIComponent(tag)}`)));
