// The end of a walk: what is still missing, the button that ends it, and what is told when it is over.
import { act, h, icon } from "./draw.js";
import { ABNORMAL, OUT_OF_RANGE } from "./judge.js";
import { verdict } from "./item.js";
import { say, waitingInWords } from "./words.js";

export function drawEnd(page, closed) {
  const { walk } = page, { round } = walk;
  if (closed && closed !== "done") return [title(round.title), told(page, say(closed, { what: waitingInWords(walk.outbox) || "–", t: round.planned }))];
  if (round.status === "done" || round.status === "approved") return over(page);
  if (walk.ended) return [title(say("finish_title")), told(page, say("finished_local"), "soon"), summary(walk)];
  const missing = walk.state.stops.flatMap((stop, n) => walk.missingAt(stop).map((item) => ({ stop, n, item })));
  return [
    title(say("finish_title")),
    missing.length ? h("p", { class: "alert alert-warning" }, say("lacking", { n: missing.length })) : h("p", { class: "alert alert-success" }, say("nothing_lacking")),
    missing.length && h("ul", { class: "walk-missing" }, missing.map(({ stop, n, item }) => h("li", {}, h("button", { type: "button", class: "act", onclick: () => page.go(n) }, h("span", {}, `${n + 1}. ${stop.name || say("in_general")} · ${item.question}`), h("small", {}, say(walk.lacks(item))))))),
    summary(walk),
    !missing.length && act(say("finish"), "check2-circle", () => page.after(() => walk.finish()), "primary big wide"),
  ];
}

function over(page) {
  const { walk } = page, late = walk.outbox.filter((entry) => entry.kind === "answer" || entry.kind === "shot");
  const text = late.length ? say("done_by_other", { who: walk.round.done_by }) : say("finished");
  return [title(say("finish_title")), told(page, text, late.length ? "soon" : "well"), h("p", { class: "help" }, `${walk.round.done} · ${walk.round.done_by}`), summary(walk)];
}

const title = (text) => h("h1", { tabindex: -1 }, text);

function told(page, text, colour = "soon") {
  return h("p", { class: `alert ${colour === "well" ? "alert-success" : "alert-warning"}`, role: "status" }, text);
}

function summary(walk) {
  const bad = [...walk.answers.values()].filter((answer) => answer.judged === ABNORMAL || answer.judged === OUT_OF_RANGE);
  return bad.length ? h("ul", { class: "walk-bad" }, bad.map((answer) => {
    const item = walk.items.get(answer.item);
    return h("li", {}, verdict(answer.judged, item), ` ${item.question} `, item.kind === "number" ? `${answer.value} ${item.measure}` : "", answer.note ? h("span", { class: "help" }, ` ${answer.note}`) : "", answer.error && h("span", { class: "invalid-feedback" }, say("refused", { why: answer.error })));
  })) : "";
}
