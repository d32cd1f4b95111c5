// Services and staff of a company without a CRM: added and changed here. With one they are shown alone.
//
//   editService(context, {data, etag} | null, done?)    a dialog; null adds one. done() afterwards
//   staffCard(place, context)                           who does which service, and when

import { newKey } from "../api.js";
import { t } from "../i18n.js";
import { button, card, dialog, empty, field, form, guarded, h, load, note, table } from "../ui.js";
import { hoursField, hoursSaid } from "./hours.js";

const MINOR = 100;

export async function editService(context, service, done) {
  const known = service?.data;
  const key = newKey();
  const save = async ({ title, minutes, price, active }) => {
    const body = { title: title ?? "", minutes, price_minor: Math.round(price * MINOR), active };
    if (known) return context.api.put(`/services/${encodeURIComponent(known.service_id)}`, body, service.etag);
    return context.api.post("/services", body, { key });
  };
  const fields = [
    field({ name: "title", label: t("services.title"), value: known?.title, required: true, maxlength: 120 }),
    field({ name: "minutes", type: "number", label: t("services.minutes"), value: known?.minutes ?? 60, min: 5, max: 1440, required: true }),
    field({ name: "price", type: "number", label: t("services.price"), value: (known?.price_minor ?? 0) / MINOR, min: 0, step: "any", required: true }),
    field({ name: "active", type: "switch", label: t("services.offered"), value: known?.active ?? true }),
  ];
  const saved = await asked(known ? t("services.edit") : t("services.add"), fields, save);
  if (!saved) return;
  context.toast(t("ui.saved"));
  if (done) await done();
  else context.navigate(`#/services/${encodeURIComponent(saved.service_id)}`);
}

const asked = (title, fields, save) =>
  dialog({
    title,
    body: (close) =>
      form({ fields, submit: t("ui.save"), cancel: () => close(), onsubmit: async (values) => close(await save(values)) }),
  });

// ── staff ────────────────────────────────────────────────────────────────────────────────────────

export function staffCard(place, context) {
  const { api, signal } = context;
  const reload = () =>
    load(
      place,
      () => Promise.all([api.get("/staff", {}, { signal }), api.get("/services", {}, { signal })]),
      ([{ items, editable }, services]) => {
        const titles = new Map(services.items.map((each) => [each.service_id, each.title]));
        const add = button(t("services.staff.add"), { icon: "plus", onclick: () => editMember(context, null, titles, reload) });
        return [
          editable ? guarded(context, "manager", h("div", { class: "row" }, add)) : note("info", t("services.from_crm")),
          card(null, items.length ? people(context, items, titles, reload) : empty(t("services.staff.none"))),
        ];
      },
    );
  return reload();
}

function people(context, items, titles, reload) {
  const change = ({ staff_id: id, name }) =>
    button(t("ui.edit"), {
      small: true,
      "aria-label": `${t("ui.edit")}: ${name}`,
      onclick: async () => editMember(context, await context.api.read(`/staff/${encodeURIComponent(id)}`), titles, reload),
    });
  const columns = [
    { label: t("services.staff.name"), cell: ({ name }) => name },
    { label: t("page.services"), cell: ({ service_ids: ids }) => ids.map((id) => titles.get(id) ?? id).join(", ") || null },
    { label: t("services.staff.hours"), cell: ({ hours }) => hoursSaid(hours) },
  ];
  if (items[0].editable && context.can("manager")) columns.push({ label: t("services.staff.actions"), cell: change });
  return table({ caption: t("services.staff"), rows: items, key: ({ staff_id: id }) => id, columns });
}

async function editMember(context, member, titles, reload) {
  const known = member?.data;
  const key = newKey();
  const does = [...titles].map(([id, title]) =>
    field({ name: `service ${id}`, type: "checkbox", label: title, value: known?.service_ids.includes(id) ?? false }),
  );
  const fields = [
    field({ name: "name", label: t("services.staff.name"), value: known?.name, required: true, maxlength: 120 }),
    h("h3", t("page.services")),
    ...does,
    hoursField({ name: "hours", label: t("services.staff.hours"), value: known?.hours ?? [] }),
  ];
  const save = async (values) => {
    const ids = [...titles.keys()].filter((id) => values[`service ${id}`]);
    const body = { name: values.name ?? "", service_ids: ids, hours: values.hours };
    if (known) return context.api.put(`/staff/${encodeURIComponent(known.staff_id)}`, body, member.etag);
    return context.api.post("/staff", body, { key });
  };
  if (!(await asked(known ? t("services.staff.edit") : t("services.staff.add"), fields, save))) return;
  context.toast(t("ui.saved"));
  await reload();
}
