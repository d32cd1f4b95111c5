// A file for a spreadsheet, prepared on request; its link closes after ten minutes.

import { choice, dialog, field, form, h, link, note, replace } from "../ui.js";

const SUBJECTS = ["clients", "journeys", "results"];
const FORMATS = ["csv", "xlsx"];

export const exportDialog = (context) =>
  dialog({ title: context.t("clients.export.title"), body: () => asking(context) });

function asking({ api, t }) {
  const ready = h("div", { role: "status" });
  const wanted = { format: "csv" };
  const subject = field({
    name: "subject",
    label: t("clients.export.subject"),
    type: "select",
    value: "clients",
    options: SUBJECTS.map((value) => ({ value, label: t(`clients.export.${value}`) })),
  });
  const since = field({ name: "since", label: t("clients.export.since"), type: "date", hint: t("clients.export.days") });
  const until = field({ name: "until", label: t("clients.export.until"), type: "date" });
  const show = () => [since, until].forEach((day) => day.toggleAttribute("hidden", subject.value === "clients"));
  subject.input.addEventListener("change", show);
  show();
  const formats = choice({
    label: t("clients.export.format"),
    options: FORMATS.map((value) => ({ value, label: t(`clients.export.${value}`) })),
    value: wanted.format,
    onchange: (format) => (wanted.format = format),
  });
  const asked = form({
    fields: [subject, formats, since, until],
    submit: t("clients.export.make"),
    onsubmit: async (values) => {
      replace(ready);
      const told = Object.entries(values).filter(([, value]) => value !== null);
      const file = await api.post("/exports", { ...wanted, ...Object.fromEntries(told) });
      replace(ready, note("good", made(t, file)));
    },
  });
  return h("div", { class: "stack" }, note("info", t("clients.export.private")), asked, ready);
}

const made = (t, { rows, name, url }) => [
  h("p", t("clients.export.ready", { count: rows })),
  link(t("clients.export.download", { name }), url, { kind: "plain", icon: "download", download: name }),
];
