// Talks to the admin API and to the session. The ID token lives in this module's memory alone;
// the refresh token in an HttpOnly cookie that scripts can not read.
//
//   Problem                            an error answer: .status .error .field .problem .remedy .message
//   session                            the Session of this page (one)
//     .signIn(email, password)         → {challenge: null} or {challenge, session, secret?, uri?}
//     .answer(challenge, {code|password})   the next step of the same
//     .resume()                        → true when the cookie of an earlier visit is still good
//     .signOut()
//     .who                             {company, role, email} or null
//     .onEnd(callback)                 called when the session has ended by itself
//   api                                paths are those behind /admin/{company}: api.get("/services")
//     .get(path, query?, options?)     → the body. Tried again twice on 429 and 503
//     .read(path, query?)              → {data, etag}: for what you will put or patch
//     .put(path, body, etag?)          → the body
//     .patch(path, body, etag?)        → the body
//     .post(path, body?, options?)     → the body; an Idempotency-Key is made unless options.key is given.
//                                      Keep your own key (newKey()) when a person may press again after a failure
//     .delete(path, etag?)             → the body or null
//     .all(path, query?)               → async generator of items, over all cursors
//     A query's undefined, null and "" are left out; arrays repeat the name.
//     options: {signal, key, etag}
//   newKey()                           a fresh Idempotency-Key

import { language } from "./i18n.js";

const WAITS_MS = [500, 1500];
const BUSY = [429, 503];
const TIMEOUT_MS = 35_000;
const EARLY_MS = 60_000;
const HINT = "comeback_returning";

export class Problem extends Error {
  constructor(status, body) {
    super(body.problem || body.message || body.error || String(status));
    this.name = "Problem";
    this.status = status;
    this.error = body.error || "";
    this.field = body.field || null;
    this.problem = body.problem || "";
    this.remedy = body.remedy || "";
  }
}

export const newKey = () => crypto.randomUUID();

async function ask(method, url, { body, headers = {}, signal } = {}) {
  const limits = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
  const sent = { "Accept-Language": language(), ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.any(limits),
    });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem(0, { error: "NoAnswer" });
  }
  const data = await content(answer);
  if (!answer.ok) throw new Problem(answer.status, data && typeof data === "object" ? data : {});
  return { data, etag: answer.headers.get("ETag") };
}

async function content(answer) {
  const type = answer.headers.get("Content-Type") || "";
  const text = await answer.text();
  if (!text) return null;
  if (!type.includes("json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(answer.status, { error: "NotJson" });
  }
}

class Session {
  #token = null;
  #until = 0;
  #refreshing = null;
  #pending = null;
  #ended = () => {};
  who = null;

  onEnd(callback) {
    this.#ended = callback;
  }

  async signIn(email, password) {
    this.#pending = { email };
    return this.#took(await ask("POST", "/session/sign-in", { body: { email, password } }));
  }

  async answer(challenge, given) {
    const { email, session } = this.#pending;
    const body = { challenge, session, email, ...given };
    return this.#took(await ask("POST", "/session/answer", { body }));
  }

  /** Without the hint of an earlier visit nobody is asked: a first visit costs no request. */
  async resume() {
    if (!document.cookie.includes(`${HINT}=1`)) return false;
    try {
      await this.#refresh();
      return true;
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      return false;
    }
  }

  async signOut() {
    try {
      await ask("POST", "/session/sign-out");
    } finally {
      this.#forget();
    }
  }

  async token() {
    if (!this.#token || Date.now() > this.#until - EARLY_MS) await this.#refresh();
    return this.#token;
  }

  async renewed() {
    await this.#refresh();
    return this.#token;
  }

  #refresh() {
    this.#refreshing ??= this.#askForRefresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #askForRefresh() {
    try {
      this.#took(await ask("POST", "/session/refresh"));
    } catch (problem) {
      if (problem.status === 401) {
        const had = this.who !== null;
        this.#forget();
        if (had) this.#ended();
      }
      throw problem;
    }
  }

  #took({ data }) {
    if (data.challenge) {
      this.#pending = { ...this.#pending, session: data.session };
      return data;
    }
    if (!data.token || !data.company || !data.role) throw new Problem(500, { error: "NoSession" });
    this.#pending = null;
    this.#token = data.token;
    this.#until = Date.now() + Math.max(data.expires_in * 1000, 2 * EARLY_MS);
    this.who = { company: data.company, role: data.role, email: data.email };
    document.cookie = `${HINT}=1; Path=/; SameSite=Strict; Max-Age=2592000${secure()}`;
    return { challenge: null };
  }

  #forget() {
    this.#token = null;
    this.who = null;
    document.cookie = `${HINT}=; Path=/; SameSite=Strict; Max-Age=0${secure()}`;
  }
}

const secure = () => (location.protocol === "https:" ? "; Secure" : "");

export const session = new Session();

async function call(method, path, { query, body, etag, key, signal } = {}) {
  const url = `/admin/${encodeURIComponent(session.who?.company ?? "-")}${path}${asked(query)}`;
  const headers = { ...(etag ? { "If-Match": etag } : {}), ...(key ? { "Idempotency-Key": key } : {}) };
  const send = (token) =>
    ask(method, url, { body, headers: { ...headers, Authorization: `Bearer ${token}` }, signal });
  try {
    return await send(await session.token());
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    return send(await session.renewed());
  }
}

async function patiently(path, options) {
  for (const wait of WAITS_MS) {
    try {
      return await call("GET", path, options);
    } catch (problem) {
      if (!BUSY.includes(problem.status)) throw problem;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
  return call("GET", path, options);
}

function asked(query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null && one !== "") search.append(name, one);
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}

export const api = {
  get: async (path, query, options) => (await patiently(path, { ...options, query })).data,
  read: (path, query, options) => patiently(path, { ...options, query }),
  put: async (path, body, etag, options) => (await call("PUT", path, { ...options, body, etag })).data,
  patch: async (path, body, etag, options) =>
    (await call("PATCH", path, { ...options, body, etag })).data,
  post: async (path, body = {}, options = {}) =>
    (await call("POST", path, { key: newKey(), ...options, body })).data,
  delete: async (path, etag, options) => (await call("DELETE", path, { ...options, etag })).data,
  async *all(path, query = {}) {
    let cursor = null;
    do {
      const page = await api.get(path, { ...query, cursor });
      yield* page.items;
      cursor = page.next;
    } while (cursor);
  },
};
