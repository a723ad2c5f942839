// The rounds that this phone keeps: on the list of rounds, and in its place where there is no network.
import { h, icon } from "./draw.js";
import * as store from "./store.js";
import { say, waitingInWords } from "./words.js";

async function cards(person) {
  const rows = (await store.rounds(person)).sort((a, b) => a.state.round.planned_at.localeCompare(b.state.round.planned_at));
  return Promise.all(rows.map(async ({ pk, state, ahead }) => {
    const waits = waitingInWords(await store.waiting(person, pk)), { round } = state;
    const open = round.may_walk && round.undone && (round.started_at || Date.now() + ahead < Date.parse(round.missed_at));
    return h("article", { class: "item", "data-kept": pk }, icon("phone"), h("strong", {}, round.title), h("span", {}, round.planned),
      h("p", {}, say("done_until", { t: round.due }), waits && ` · ${say("waiting", { what: waits })}`),
      (open || waits) && h("div", { class: "row-of-acts" }, h("a", { class: "act primary", href: `/rounds/${pk}/walk/` }, icon("person-walking"), say("walk"))));
  }));
}

const others = async (person) => (await store.allWaiting()).some((entry) => entry.person !== person) && h("p", { class: "panel-body help" }, say("others_wait"));

export async function drawKept(root, person) {
  const found = await cards(person), here = location.pathname.startsWith("/rounds/");
  root.replaceChildren(
    h("h1", { tabindex: -1 }, icon("wifi-off"), " ", say(here ? "kept_rounds" : "no_page")),
    h("p", { class: "under" }, say(here ? "offline" : "no_page_why")),
    h("section", { class: "panel" }, found.length ? found : h("p", { class: "panel-body help" }, say("none_kept")), await others(person)));
  addEventListener("online", () => location.reload());
}

export function drawNobody(root) {
  root.replaceChildren(h("h1", {}, say("nobody")), h("p", { class: "under" }, say("nobody_why")), h("p", { class: "row-of-acts" }, h("a", { class: "act primary", href: root.dataset.login }, say("sign_in_link"))));
}

// Above the list that the server wrote: what waits on this phone.
export async function drawWaiting(place, person) {
  const all = (await store.allWaiting()).filter((entry) => entry.person === person);
  place.hidden = !all.length;
  const rounds = [...new Set(all.map((entry) => entry.round))];
  place.replaceChildren(h("p", { class: "alert alert-warning", role: "status" }, say("waiting", { what: waitingInWords(all) }), " ",
    rounds.map((pk) => h("a", { href: `/rounds/${pk}/walk/` }, say("walk"), " "))));
}
