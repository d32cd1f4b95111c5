// The admin API's description, read from openapi.json (`make openapi` writes it), operation by operation. For engineers, so in English.

import { badge, card, h, heading, link, loading, replace, search, table } from "./ui.js";

const TONES = { get: "info", post: "good", put: "warn", patch: "warn", delete: "bad" };
const DEEPEST = 6;
const root = document.getElementById("docs");

// ── shapes in a few words ────────────────────────────────────────────────────────────────────────

const named = (reference) => reference.split("/").pop();

function shape(schema, schemas, depth = 0) {
  if (schema.$ref) return depth < DEEPEST ? shape(schemas[named(schema.$ref)], schemas, depth) : named(schema.$ref);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.length === 2 && several.some((one) => one.type === "null")
    ? nullable(shape(several.find((one) => one.type !== "null"), schemas, depth))
    : several.map((one) => brief(shape(one, schemas, depth + 1))).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return [shape(schema.items ?? {}, schemas, depth + 1)];
  if (schema.properties) {
    const needed = new Set(schema.required ?? []);
    return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) =>
      [needed.has(name) ? name : `${name}?`, shape(inner, schemas, depth + 1)]));
  }
  if (schema.type === "object" && typeof schema.additionalProperties === "object") {
    return { "…": shape(schema.additionalProperties, schemas, depth + 1) };
  }
  return limits(schema);
}

const nullable = (inner) => (typeof inner === "string" ? `${inner} | null` : inner);
const brief = (inner) => (typeof inner === "string" ? inner : JSON.stringify(inner));

function limits(schema) {
  const told = [[].concat(schema.type ?? "any").join(" | ")];
  if (schema.format) told[0] = schema.format;
  const range = [schema.minimum, schema.maximum];
  if (range.some((n) => n !== undefined)) told.push(range.map((n) => n ?? "").join("…"));
  if (schema.maxLength !== undefined) told.push(`≤ ${schema.maxLength} characters`);
  if (schema.default !== undefined) told.push(`else ${JSON.stringify(schema.default)}`);
  return told.join(", ");
}

const sample = (schema, schemas) =>
  h("pre", { class: "code", tabindex: "0" }, h("code", JSON.stringify(shape(schema, schemas), null, 2).replaceAll(/"([^"]*)"/g, "$1")));

// ── operations ───────────────────────────────────────────────────────────────────────────────────

const schemaOf = (part) => part?.content?.["application/json"]?.schema;

function operation(path, method, told, schemas) {
  const [status, done] = Object.entries(told.responses)[0];
  const parameters = (told.parameters ?? []).filter((one) => one.name !== "company");
  const body = schemaOf(told.requestBody);
  const answer = schemaOf(done);
  const errors = Object.entries(told.responses).slice(1);
  return h("details", { class: "operation", data: { words: `${path} ${told.summary} ${told.operationId}`.toLowerCase() } },
    h("summary",
      badge(method.toUpperCase(), TONES[method]), " ", h("code", path), " ", h("span", { class: "soft" }, told.summary)),
    told.description && h("p", told.description),
    told["x-role"] && h("p", "Needs the role ", h("strong", told["x-role"]), " or a higher one."),
    parameters.length > 0 && table({
      caption: `Parameters of ${told.operationId}`,
      columns: [
        { label: "Name", cell: (one) => h("code", one.name) },
        { label: "In", cell: (one) => one.in },
        { label: "What", cell: (one) => `${brief(shape(one.schema, schemas))}${one.required ? ", needed" : ""}` },
        { label: "About", cell: (one) => one.description ?? "", wide: true },
      ],
      rows: parameters,
    }),
    body && [h("h3", "Body"), sample(body, schemas)],
    h("h3", `Answer ${status}`), answer ? sample(answer, schemas) : h("p", done.description),
    h("p", { class: "soft" }, "Or: ", errors.map(([code, one]) => `${code} ${one.description}`).join(" ")));
}

function draw(document_) {
  const { paths, components, info } = document_;
  const tags = new Map();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, told] of Object.entries(methods)) {
      const [tag] = told.tags;
      tags.set(tag, [...(tags.get(tag) ?? []), operation(path, method, told, components.schemas)]);
    }
  }
  const groups = [...tags].sort().map(([tag, found]) => card(tag, ...found));
  replace(root,
    heading(`${info.title}: the admin API`, {
      about: "One token per person, from POST /session/sign-in; send it as “Authorization: Bearer …”. It lasts 15 minutes.",
      actions: [link("openapi.json", "./openapi.json", { kind: "plain" }), link("Console", "./", { kind: "plain" })],
    }),
    search({ label: "Search the operations", onsearch: (words) => show(groups, words.trim().toLowerCase()) }),
    ...groups);
}

function show(groups, words) {
  for (const group of groups) {
    const found = [...group.querySelectorAll(".operation")].filter((one) => {
      one.hidden = !one.dataset.words.includes(words);
      return !one.hidden;
    });
    group.hidden = found.length === 0;
  }
}

replace(root, loading());
const answer = await fetch("./openapi.json");
draw(await answer.json());
root.focus();
