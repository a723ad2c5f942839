// What is on this phone only, and why: said at all times, with a way to send it now.
import { act, h, icon } from "./draw.js";
import { say, waitingInWords } from "./words.js";

const LOOKS = { keeping: ["soon", "phone"], offline: ["soon", "wifi-off"], ended: ["late", "person-x"], another: ["late", "person-x"], refused: ["late", "exclamation-circle-fill"], wrong: ["late", "exclamation-circle-fill"] };

export function drawStatus(page) {
  const { sync, walk } = page, waits = waitingInWords(walk.outbox);
  const phase = page.unkept && sync.phase === "rest" ? "keeping" : sync.phase;
  const offline = phase === "offline" || !navigator.onLine;
  const [colour, picture] = LOOKS[offline ? "offline" : phase] ?? (waits ? ["soon", "cloud-upload"] : ["well", "cloud-check"]);
  const parts = [h("span", { class: `badge-state ${colour}`, "data-phase": phase }, icon(picture), said(sync, walk, phase, offline, waits))];
  if (waits) parts.push(h("span", { class: "walk-waits", "data-waits": walk.outbox.length }, say("waiting", { what: waits })));
  if (phase === "ended" || phase === "another") parts.push(h("a", { class: "act primary", href: `${page.root.dataset.login}?next=${encodeURIComponent(location.pathname)}` }, say("sign_in_link")));
  else if (waits && phase !== "sending" && !held(walk)) parts.push(act(say("try_now"), "arrow-repeat", () => now(sync), "quiet"));
  if (!("serviceWorker" in navigator)) parts.push(h("p", { class: "help" }, say("no_worker")));
  return h("div", { class: "walk-status", role: "status", "data-status": true }, parts);
}

// What was found abnormal waits a moment for what it needs: a note, a photo.
const held = (walk) => walk.outbox.some((entry) => entry.hold > Date.now()) && walk.outbox.every((entry) => entry.hold > Date.now() || entry.kind !== "answer");

function now(sync) {
  sync.anew = true;
  sync.send();
}

function said(sync, walk, phase, offline, waits) {
  if (offline) return say("offline");
  if (phase === "ended") return say("sign_in");
  if (phase === "another") return say("another");
  if (phase === "refused" || phase === "wrong") return say(phase === "wrong" ? "server_wrong" : "refused", { why: sync.why });
  if (phase === "sending") return say("sending");
  if (phase === "keeping") return say("keeping");
  if (held(walk)) return say("held");
  return waits ? say("sending") : say("all_sent");
}
