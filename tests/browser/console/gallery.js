// Every part of ui.js and charts.js on one page: what test_parts.py looks at.
async () => {
  const ui = await import("/ui.js");
  const charts = await import("/charts.js");
  const { t } = await import("/i18n.js");
  const main = document.querySelector("main");
  const months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"];
  const people = [
    { name: "Ольга Петрова", phone: "+7 900 000-00-01", sum: 150000, tag: "good" },
    { name: "Екатерина Константинопольская-Задунайская", phone: "+7 900 000-00-02", sum: 42, tag: "bad" },
  ];
  const context = { role: "viewer" };
  const page = ui.h("div", { class: "page" });
  ui.replace(
    page,
    ui.heading("All parts", {
      about: "One of each, so that a change of style is seen at once.",
      back: { href: "#/today", label: "Today" },
      actions: [
        ui.button("Save", { kind: "primary", icon: "check", onclick: () => ui.toast("Saved") }),
        ui.button("Fail", { kind: "danger", onclick: () => { throw Object.assign(new Error("x"), { status: 429 }); } }),
        ui.button("Quiet", { kind: "quiet", small: true }),
      ],
    }),
    ui.stats(
      ui.stat("Due", "128", { note: "12 more than yesterday" }),
      ui.stat("Booked", "17 %", { tone: "good" }),
      ui.stat("Waiting", "9", { tone: "warn", href: "#/journeys" }),
      ui.stat("Failed", "1", { tone: "bad" }),
    ),
    ui.grid(
      ui.card(
        "A form",
        ui.form({
          fields: [
            ui.field({ name: "title", label: "Title", required: true, hint: "What clients read." }),
            ui.field({ name: "days", label: "Every", type: "number", value: 28, suffix: "days", min: 1, max: 365 }),
            ui.field({ name: "tone", label: "Tone", type: "select", options: [{ value: "f", label: "Friendly" }, { value: "s", label: "Strict" }], value: "s" }),
            ui.field({ name: "note", label: "Note", type: "textarea" }),
            ui.field({ name: "on", label: "Switched on", type: "switch", value: true }),
            ui.field({ name: "agree", label: "With slots", type: "checkbox" }),
          ],
          submit: "Send",
          onsubmit: () => { throw Object.assign(new Error("x"), { status: 400, field: "days", problem: "is too long.", remedy: "Take 365 or less." }); },
        }),
      ),
      ui.card(
        "Facts",
        ui.facts([["Phone", "+7 900 000-00-01"], ["Nothing", null], ["Left out", undefined], ["State", ui.badge("Sent", "good")]]),
        ui.h("div", { class: "row" }, ["plain", "good", "warn", "bad", "info"].map((tone) => ui.badge(tone, tone))),
        ["good", "warn", "bad", "info"].map((tone) => ui.note(tone, `A note that is ${tone}.`)),
        ui.choice({ label: "Period", value: "w", onchange: () => {}, options: [{ value: "w", label: "Week" }, { value: "m", label: "Month" }] }),
        ui.tabs([{ key: "a", label: "One" }, { key: "b", label: "Two" }], "a", () => {}),
        ui.search({ label: "Find a client", onsearch: () => {} }),
        ui.guarded(context, "manager", ui.button("Not for viewers")),
      ),
    ),
    ui.card("A table", ui.table({
      caption: "Clients",
      rows: people,
      href: (row) => `#/clients/${row.phone.at(-1)}`,
      columns: [
        { label: "Name", cell: (row) => row.name },
        { label: "Phone", cell: (row) => row.phone },
        { label: "State", cell: (row) => ui.badge(row.tag, row.tag) },
        { label: "Sum", align: "end", cell: (row) => String(row.sum) },
      ],
    })),
    ui.card("A timeline", ui.timeline([
      { at: "2026-03-01T09:00:00Z", title: "Sent", text: "Ольга, как насчёт маникюра?", icon: "send", tone: "info" },
      { at: "2026-03-01T10:00:00Z", title: "Answered", text: "Да", tone: "good", icon: "check" },
      { at: "2026-03-02T10:00:00Z", title: "Failed", tone: "bad", icon: "alert" },
    ])),
    ui.grid(
      ui.card("Lines", charts.lines({
        label: "Booked by month",
        series: [
          { name: "Written to", points: months.map((m, i) => [m, 10 + i * 3]) },
          { name: "Not written to", tone: "second", points: months.map((m, i) => [m, i === 2 ? null : 8 + i]) },
        ],
        band: months.map((m, i) => [m, 7 + i * 3, 14 + i * 3]),
        marks: [{ x: "2026-03-01", label: "today" }],
      })),
      ui.card("Bars", charts.bars({ label: "By attempt", items: [{ label: "1st", value: 40, low: 30, high: 51 }, { label: "2nd", value: 20, tone: "second" }, { label: "3rd", value: -4, tone: "bad" }] })),
      ui.card("Funnel", charts.funnel({ label: "Funnel", items: [{ label: "Due", value: 200 }, { label: "Sent", value: 150 }, { label: "Answered", value: 60 }, { label: "Booked", value: 30 }] })),
      ui.card("Histogram", charts.histogram({ label: "Gaps", bins: [7, 14, 21, 28, 35].map((from, i) => ({ from, to: from + 7, count: [2, 8, 20, 9, 1][i] })), marks: [{ at: 23, label: "median" }, { at: 30, label: "rule", tone: "second" }] })),
      ui.card("Interval", charts.interval({ label: "Lift", low: -0.01, mid: 0.04, high: 0.09, format: (v) => `${Math.round(v * 100)} %` })),
      ui.card("Visits", charts.visits({ label: "Visits of Olga", visits: ["2026-01-05", "2026-02-01", "2026-02-27"].map((at) => ({ at, label: "Manicure" })), band: { low: "2026-03-20", mid: "2026-03-27", high: "2026-04-05" }, now: "2026-03-15" })),
    ),
    ui.card("Heat map", charts.heatMap({
      label: "Best hours",
      rows: ["Mo", "Tu", "We"],
      columns: Array.from({ length: 12 }, (_, i) => `${i + 9}`),
      values: [0, 1, 2].map((r) => Array.from({ length: 12 }, (_, c) => (c === 4 ? null : r * c))),
    })),
    ui.card("States", ui.loading(), ui.empty("Nothing here yet", "It comes with the first visit."), ui.failure({ status: 0 }, () => {})),
  );
  page.querySelector(".loading").classList.remove("loading");
  ui.replace(main, page);
  return t("ui.saved");
}
