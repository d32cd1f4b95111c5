// Password, then whatever Cognito asks next: the code of an app, a new password, the set-up of the app.

import { t } from "../i18n.js";
import { button, field, form, h, heading, note, replace } from "../ui.js";

let place;
let around;

export function render(root, { session, preferences, words, done }) {
  around = { session, done };
  place = h("div", { class: "card" });
  replace(root, place, preferences());
  password(words);
}

function step(title, about, ...children) {
  replace(place, heading(title, { about }), children);
  place.querySelector("input")?.focus();
}

function password(words) {
  step(
    t("sign_in.title"),
    t("sign_in.about"),
    words && note("info", words),
    form({
      fields: [
        field({ name: "email", label: t("sign_in.email"), type: "email", required: true, autocomplete: "username" }),
        field({ name: "password", label: t("sign_in.password"), type: "password", required: true, autocomplete: "current-password" }),
      ],
      submit: t("sign_in.submit"),
      onsubmit: ({ email, password: secret }) =>
        worded("sign_in.wrong", async () => next(await around.session.signIn(email, secret))),
    }),
  );
}

const STEPS = { totp: code, new_password: newPassword, set_up_totp: setUp };

async function next(answer) {
  if (answer.challenge === null) return around.done();
  return STEPS[answer.challenge](answer);
}

/** What the session says of a wrong secret, or our own words where it says nothing. */
async function worded(key, work) {
  try {
    return await work();
  } catch (problem) {
    if (problem.status === 401 && !problem.problem) problem.problem = t(key);
    throw problem;
  }
}

const again = () => button(t("sign_in.back"), { kind: "quiet", onclick: () => password() });

const digits = (challenge) =>
  form({
    fields: [
      field({
        name: "code",
        label: t("sign_in.totp.code"),
        required: true,
        inputmode: "numeric",
        autocomplete: "one-time-code",
        pattern: "[0-9]{6}",
        maxlength: 6,
      }),
    ],
    submit: t("sign_in.totp.submit"),
    extra: again(),
    onsubmit: (given) => worded("sign_in.totp.wrong", async () => next(await around.session.answer(challenge, given))),
  });

function code() {
  step(t("sign_in.totp.title"), t("sign_in.totp.about"), digits("totp"));
}

async function setUp({ secret, uri }) {
  const { qr } = await import("../qr.js");
  const spaced = secret.match(/.{1,4}/g).join(" ");
  step(
    t("sign_in.set_up.title"),
    t("sign_in.set_up.about"),
    qr(uri, t("sign_in.set_up.picture")),
    h("p", t("sign_in.set_up.by_hand"), " ", h("code", { class: "secret" }, spaced)),
    digits("set_up_totp"),
  );
}

function newPassword() {
  const named = (name, more) =>
    field({ name, label: t(`sign_in.new_password.${name}`), type: "password", required: true, autocomplete: "new-password", ...more });
  const second = named("second");
  step(
    t("sign_in.new_password.title"),
    t("sign_in.new_password.about"),
    form({
      fields: [named("first", { hint: t("sign_in.new_password.hint"), minlength: 12 }), second],
      submit: t("sign_in.new_password.submit"),
      extra: again(),
      onsubmit: async (given) => {
        if (given.first !== given.second) {
          second.fail(t("sign_in.new_password.differ"));
          return second.input.focus();
        }
        return next(await around.session.answer("new_password", { password: given.first }));
      },
    }),
  );
}
