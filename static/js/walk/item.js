// One item as it is answered with a thumb: its question, what was found last, the control, the verdict, note and photos.
import { act, badge, h, icon } from "./draw.js";
import { ABNORMAL, NORMAL, NOT_CHECKED, OUT_OF_RANGE, judge, possible, readNumber } from "./judge.js";
import { madeSmall, pad } from "./photos.js";
import * as store from "./store.js";
import { say } from "./words.js";

const VERDICTS = {
  [NORMAL]: ["normal", "well", "check-circle-fill"],
  [OUT_OF_RANGE]: ["out_of_range", "soon", "exclamation-triangle-fill"],
  [ABNORMAL]: ["abnormal", "late", "exclamation-octagon-fill"],
  [NOT_CHECKED]: ["not_checked", "next", "slash-circle"],
};

export function verdict(judged, item) {
  if (judged === NORMAL && ["text", "photo", "signature"].includes(item.kind)) return badge(say("given"), "well", "check2");
  const [word, colour, picture] = VERDICTS[judged];
  return badge(say(judged === ABNORMAL && item.kind === "number" ? "alarm" : word), colour, picture);
}

// `page` redraws the stop after a change; `walk` keeps it.
export function drawItem(page, walk, stop, item) {
  const answer = walk.answers.get(item.pk), box = h("article", { class: "walk-item", "data-item": item.pk });
  const keep = (news) => page.after(() => walk.answer(stop, item, news), stop);
  const value = (value) => keep({ value, not_checked: false });
  const unchecked = answer?.not_checked && !page.reopened.has(item.pk);
  const lines = [item.normal && say("normal_range", { range: item.normal }), item.alarm && say("alarm_range", { range: item.alarm })];
  box.append(
    h("div", { class: "walk-question" }, h("h2", { id: `q-${item.pk}` }, item.question), h("span", { "data-verdict": true }, answer ? verdict(answer.judged, item) : "")),
    ...[item.method, lines.filter(Boolean).join(" · ")].filter(Boolean).map((line) => h("p", { class: "help" }, line)),
  );
  if (item.last) box.append(h("p", { class: "help walk-last" }, icon("clock-history"), " ", say("last", { said: `${item.last.said} ${item.kind === "number" ? item.measure : ""}`.trim(), at: item.last.at })));
  if (item.picture) box.append(reference(walk, item));
  if (!unchecked) box.append(control(page, walk, stop, item, answer, value, box));
  if (answer?.error) box.append(h("p", { class: "invalid-feedback", role: "alert" }, say("refused", { why: answer.error })));
  if (!unchecked && wantsPhoto(item, answer, walk)) box.append(photos(page, walk, stop, item));
  box.append(note(page, walk, stop, item, answer, keep, unchecked));
  if (answer?.judged === OUT_OF_RANGE) box.append(tick(say("report"), answer.report, (on) => keep({ report: on })));
  box.append(
    h("p", { class: "row-of-acts walk-less" },
      unchecked
        ? act(say("check_after_all"), "arrow-counterclockwise", () => page.reopen(item), "quiet")
        : act(say("not_check"), "slash-circle", () => keep({ not_checked: true, value: "" }), "quiet"),
    ),
  );
  return box;
}

function wantsPhoto(item, answer, walk) {
  if (item.kind === "photo") return false; // its control is the photo
  return item.kind !== "signature" && (item.photo_always || answer?.judged >= OUT_OF_RANGE || walk.shots.get(item.pk)?.length);
}

function control(page, walk, stop, item, answer, take, box) {
  if (item.kind === "state") return choice(item, ["normal", "abnormal"], answer?.value, take, true);
  if (item.kind === "choice") return choice(item, item.choices, answer?.value, take);
  if (item.kind === "number") return number(page, item, answer, take, box);
  if (item.kind === "text") return text(page, item, answer, take);
  if (item.kind === "photo") return photos(page, walk, stop, item);
  return signature(page, walk, stop, item);
}

function choice(item, values, chosen, take, isState = false) {
  return h("div", { class: `walk-choice${isState ? " state" : ""}`, role: "radiogroup", "aria-labelledby": `q-${item.pk}` },
    values.map((value) => {
      const bad = isState ? value === "abnormal" : item.bad_choices.includes(value);
      const sign = isState ? icon(bad ? "exclamation-octagon-fill" : "check-circle-fill") : "";
      const on = value === chosen;
      return h("button", { type: "button", class: `act ${bad ? "bad" : "good"}`, role: "radio", "aria-checked": String(on), onclick: () => !on && take(value) }, sign, isState ? say(value) : value);
    }));
}

function number(page, item, answer, take, box) {
  const field = h("input", { class: "form-control walk-number", inputmode: "decimal", autocomplete: "off", maxlength: 14, value: answer?.value ?? "", "aria-labelledby": `q-${item.pk}` });
  const wrong = h("p", { class: "invalid-feedback", role: "alert", hidden: true });
  const told = box.querySelector("[data-verdict]");
  const read = () => {
    const value = readNumber(field.value), empty = !field.value.trim();
    const why = empty ? "" : value === null ? "no_number" : possible(value, item) ? "" : "impossible";
    wrong.hidden = !why;
    wrong.textContent = why && say(why);
    field.classList.toggle("is-invalid", Boolean(why));
    told.replaceChildren(empty || why ? "" : verdict(judge(item, { value: field.value }), item));
    return empty || why ? null : String(value);
  };
  const commit = () => {
    const value = read();
    return value === null || (answer && !answer.not_checked && value === answer.value) ? null : take(value);
  };
  page.whileTyping(field, read, commit);
  const minus = act("±", "", () => {
    field.value = field.value.startsWith("-") ? field.value.slice(1) : `-${field.value}`;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  minus.setAttribute("aria-label", say("minus"));
  return h("div", {}, h("div", { class: "walk-reading" }, field, item.measure && h("span", { class: "walk-measure" }, item.measure), minus), wrong);
}

function text(page, item, answer, take) {
  const field = h("textarea", { class: "form-control", rows: 2, maxlength: 500, value: answer?.value ?? "", "aria-labelledby": `q-${item.pk}` });
  page.whileTyping(field, () => {}, () => (field.value.trim() && field.value.trim() !== answer?.value ? take(field.value.trim()) : null));
  return field;
}

function note(page, walk, stop, item, answer, keep, unchecked) {
  const bad = answer && answer.judged >= OUT_OF_RANGE, needed = unchecked || (answer?.judged === ABNORMAL && item.note_if_abnormal);
  if (!answer) return "";
  const id = `note-${item.pk}`;
  const field = h("textarea", { class: "form-control", id, rows: 2, maxlength: 500, value: answer.note ?? "" });
  page.whileTyping(field, () => {}, () => (field.value.trim() === (answer.note ?? "") ? null : keep({ note: field.value.trim() })));
  const label = unchecked ? say("note_why") : needed && !answer.note ? say("note_needed") : say("note");
  if (bad || answer.note) return h("div", { class: `walk-note${needed && !answer.note ? " needed" : ""}` }, h("label", { for: id }, label), field);
  return h("details", { class: "fold" }, h("summary", {}, say("add_note")), h("label", { for: id, class: "visually-hidden" }, label), field);
}

function photos(page, walk, stop, item) {
  const shots = walk.shots.get(item.pk) ?? [], needed = walk.lacks(item) === "photo_missing";
  const field = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", onchange: () => photograph(page, walk, stop, item, field, wrong) });
  const wrong = h("p", { class: "invalid-feedback", role: "alert", hidden: true });
  return h("div", { class: `walk-photos${needed ? " needed" : ""}` },
    needed && h("p", { class: "walk-needed" }, say("photo_needed")),
    shots.map((shot) => thumbnail(page, walk, item, shot)),
    h("label", { class: "act" }, icon("camera"), say(shots.length ? "photo_more" : "photo"), field), wrong);
}

async function photograph(page, walk, stop, item, field, wrong) {
  const file = field.files[0];
  if (!file) return;
  try {
    const blob = await madeSmall(file);
    await page.after(() => walk.addShot(stop, item, blob), stop);
  } catch (why) {
    wrong.hidden = false;
    wrong.textContent = say(why?.name === "QuotaExceededError" ? "storage_full" : "photo_wrong");
  }
  field.value = "";
}

function thumbnail(page, walk, item, shot) {
  const address = shot.blob ? page.address(shot.blob) : shot.small;
  return h("figure", { class: "walk-shot" },
    address ? h("img", { src: address, alt: item.question }) : icon("camera"),
    shot.error && h("figcaption", { class: "invalid-feedback" }, say("refused", { why: shot.error })),
    shot.blob && act(say("photo_drop"), "", () => page.after(() => walk.dropShot(shot.uid)), "quiet"));
}

function reference(walk, item) {
  const image = h("img", { alt: say("reference"), class: "walk-reference" });
  store.picture(walk.person, item.picture).then((blob) => (image.src = blob ? URL.createObjectURL(blob) : item.picture));
  return h("details", { class: "fold" }, h("summary", {}, say("reference")), image);
}

function signature(page, walk, stop, item) {
  const [shot] = (walk.shots.get(item.pk) ?? []).slice(-1);
  if (shot && walk.answers.get(item.pk)) {
    const again = act(say("sign_again"), "pen", () => box.replaceChildren(...drawing()), "quiet");
    const box = h("div", {}, shot.blob || shot.small ? h("img", { class: "walk-signed", src: shot.blob ? page.address(shot.blob) : shot.small, alt: say("signed") }) : say("signed"), again);
    return box;
  }
  function drawing() {
    const canvas = h("canvas", { class: "walk-pad", "aria-label": say("sign"), role: "img" });
    let drawn = null;
    requestAnimationFrame(() => (drawn = pad(canvas)));
    return [h("p", { class: "help" }, say("sign")), canvas, act(say("take_signature"), "check2", async () => {
      if (!drawn?.isDrawn()) return;
      const blob = await drawn.blob();
      await page.after(() => walk.addShot(stop, item, blob), stop);
    })];
  }
  return h("div", {}, drawing());
}

function tick(label, on, take) {
  return h("label", { class: "tick" }, h("input", { type: "checkbox", class: "form-check-input", checked: on, onchange: (event) => take(event.target.checked) }), label);
}
