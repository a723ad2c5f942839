// Keeps every countdown true, by the server's clock: the computer's own may be wrong.
// The rules are those of the `countdown` template tag, which wrote the first words.
import { say } from "./words.js";

let ahead = 0; // server minus this computer, milliseconds

export function setServerTime(iso) {
  const at = Date.parse(iso);
  if (!Number.isNaN(at)) ahead = at - Date.now();
}

export function now() {
  return Date.now() + ahead;
}

export function stopwatch(seconds) {
  const s = Math.abs(Math.trunc(seconds)), two = (n) => String(n).padStart(2, "0");
  if (s < 6000) return `${two(Math.floor(s / 60))}:${two(s % 60)}`;
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function show(element) {
  const due = Date.parse(element.dataset.due);
  const left = Math.trunc((due - now()) / 1000), total = Math.abs(left), over = left < 0;
  const state = over ? "late" : left < 1800 ? "soon" : "next";
  const main = element.querySelector("[data-main]"), sub = element.querySelector("[data-sub]");
  // The clock text was written by the server in the organisation's zone; it is read back, never recomputed.
  element.dataset.clock ??= (total < 7200 || over ? sub : main).textContent.match(/(\d+\D+)*\d{1,2}:\d{2}/)?.[0] ?? "";
  const t = element.dataset.clock;
  let text, below = over ? say("wasDue", { t }) : say("by", { t });
  if (total < 600) text = say(over ? "overClock" : "leftClock", { n: stopwatch(total) });
  else if (total < 7200) text = say(over ? "over" : "left", { n: Math.floor(total / 60) });
  else if (over) text = total < 172800 ? say("overHours", { n: Math.floor(total / 3600) }) : say("overDays", { n: Math.floor(total / 86400) });
  else {
    text = t;
    below = total < 172800 ? say("inHours", { n: Math.floor(total / 3600) }) : say("inDays", { n: Math.floor(total / 86400) });
  }
  if (main.textContent !== text) main.textContent = text;
  if (sub.textContent !== below) sub.textContent = below;
  for (const box of [element, element.closest(".due")]) {
    if (box && !box.classList.contains(state)) {
      box.classList.remove("late", "soon", "next");
      box.classList.add(state);
    }
  }
}

function moveHair(svg) {
  const past = svg.querySelector(".past");
  const from = Date.parse(past.dataset.from), until = Date.parse(past.dataset.until);
  const x = `${Math.min(100, Math.max(0, (100 * (now() - from)) / (until - from))).toFixed(2)}%`;
  past.setAttribute("width", x);
  const hair = svg.querySelector(".hair");
  hair.setAttribute("x1", x);
  hair.setAttribute("x2", x);
  const label = svg.querySelector(".now-label"), text = label?.querySelector("text");
  if (!text) return;
  label.setAttribute("x", x);
  // The organisation's wall time as the server wrote it, plus the minutes since: no zone is guessed here.
  text.dataset.first ??= text.textContent.trim();
  const [hours, minutes] = text.dataset.first.split(":").map(Number);
  const passed = Math.floor(now() / 60000) - Math.floor(Date.parse(past.dataset.now) / 60000);
  const minute = (((hours * 60 + minutes + passed) % 1440) + 1440) % 1440;
  text.textContent = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function tick() {
  document.querySelectorAll("[data-due]").forEach(show);
  document.querySelectorAll("[data-since]").forEach((element) => {
    element.querySelector("[data-main]").textContent = stopwatch((now() - Date.parse(element.dataset.since)) / 1000);
  });
  document.querySelectorAll(".watch-line > svg").forEach(moveHair);
}

export function startClocks() {
  setServerTime(document.body.dataset.at);
  tick();
  setInterval(tick, 1000);
}
