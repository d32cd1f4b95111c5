// What Today and Journeys share: a message as the client reads it, the facts behind it, states and reasons in words.
//
//   said(key, value)         campaign.<key>.<value> in words; the value itself where there are none
//   message(attempt)         the message's words, its buttons, and “written from” with all facts
//   preview(context, line)   a dialog: what one client would be written, and “write now”
//   stateOf(line)            a badge for a journey of a list

import { newKey } from "../api.js";
import { dateTime, has, number, t } from "../i18n.js";
import { badge, button, confirm, dialog, facts, h, loading, note, replace } from "../ui.js";

export const said = (key, value) => (has(`campaign.${key}.${value}`) ? t(`campaign.${key}.${value}`) : value);

const TONES = { waiting: "info", resting: "plain", finished: "plain", converted: "good", failed: "bad", undeliverable: "warn" };

export function stateOf({ state, completion, detail }) {
  if (state !== "finished") return badge(said("state", state), TONES[state] ?? "info");
  const why = completion === "skipped" && detail ? `: ${said("skip", detail)}` : "";
  return badge(said("completion", completion) + why, TONES[completion] ?? "plain");
}

export const message = (attempt) =>
  h(
    "div",
    { class: "stack" },
    attempt.text && h("blockquote", { class: "note plain", style: { "white-space": "pre-line", margin: "0" } }, attempt.text),
    attempt.buttons.length > 0 && h("p", { class: "soft" }, attempt.buttons.map((each) => [badge(each), " "])),
    attempt.facts && written(attempt),
  );

const written = (attempt) => {
  const { facts: from } = attempt;
  return h(
    "details",
    h("summary", t("campaign.facts")),
    facts([
      [t("campaign.facts.source"), said("source", attempt.text_source)],
      [t("campaign.facts.service"), from.service_title],
      [t("campaign.facts.days"), number(from.days_since_visit)],
      [t("campaign.facts.staff"), from.staff_name],
      [t("campaign.facts.slots"), from.slots.map(({ text, staff }) => `${text} ${staff}`.trim()).join("; ") || undefined],
      [t("campaign.facts.discount"), from.discount_percent ? `${from.discount_percent} %` : undefined],
      [t("campaign.facts.also"), from.also_due?.join(", ") || undefined],
      [t("campaign.facts.attempt"), number(from.attempt)],
      [t("campaign.facts.tone"), `${from.tone}, ${from.language}`],
      [t("campaign.facts.style"), from.style || undefined],
    ]),
  );
};

export async function preview(context, { client_id, service_id, client }) {
  const asked = { client_id, service_id };
  const place = h("div", { class: "stack" }, loading());
  const show = async (by_model) => {
    replace(place, loading());
    const told = await context.api.post("/dry-run", { ...asked, by_model });
    replace(place, drawn(told));
  };
  const key = newKey();
  const leave = () => write(context, asked, client, key);
  show(false).catch((problem) => replace(place, note("bad", problem.message)));
  await dialog({
    title: t("campaign.preview", { client }),
    wide: true,
    body: (close) => [
      place,
      context.can("manager") &&
        h(
          "div",
          { class: "actions" },
          button(t("campaign.by_model"), { onclick: () => show(true) }),
          button(t("campaign.write"), { kind: "primary", icon: "send", onclick: async () => (await leave()) && close() }),
        ),
    ],
  });
}

const drawn = (told) => [
  told.skipped
    ? note("warn", t("campaign.would_not", { why: said("skip", told.skipped) }))
    : note("info", t("campaign.would", { channel: said("channel", told.attempt.channel), at: dateTime(told.attempt.reserved_for) })),
  message(told.attempt),
  h("p", { class: "soft" }, t("campaign.nothing_sent")),
];

async function write(context, asked, client, key) {
  const sure = await confirm({ title: t("campaign.write"), text: t("campaign.write.sure", { client }), action: t("campaign.write") });
  if (!sure) return false;
  const begun = await context.api.post("/journeys", { ...asked, force: true }, { key });
  context.toast(t("campaign.begun"));
  context.navigate(`#/journeys/${encodeURIComponent(begun.client_id)}/${begun.journey_id}`);
  return true;
}

