// A roster under the hand: cells are walked with the arrow keys, opened, emptied, pinned, undone, and duties dragged.
// Every change is the same form that works without this; the answer is the sheet as it is then, put in place of the old.
import { say } from "./words.js";

let sheet = null, busy = false;

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const cellOf = (node) => node?.closest?.(".people-days tbody td[data-day]");
const personOf = (cell) => cell.parentElement.dataset.person;

function place(cell) {
  return cell ? { person: personOf(cell), day: cell.dataset.day } : null;
}

function find(at) {
  return at && sheet.querySelector(`tr[data-person="${at.person}"] td[data-day="${at.day}"]`);
}

function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("sheet");
  if (!fresh) return location.reload();
  const at = place(cellOf(document.activeElement)), wrap = sheet.querySelector(".grid-wrap");
  const [left, top] = [wrap.scrollLeft, wrap.scrollTop];
  const next = document.importNode(fresh, true);
  sheet.replaceWith(next);
  sheet = next;
  const grid = sheet.querySelector(".grid-wrap");
  [grid.scrollLeft, grid.scrollTop] = [left, top];
  find(at)?.focus({ preventScroll: true });
}

function complain(text) {
  const box = document.createElement("div");
  box.className = "alert alert-danger";
  box.setAttribute("role", "alert");
  box.textContent = text;
  sheet.prepend(box);
}

async function ask(address, body) {
  if (busy) return;
  busy = true;
  sheet.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Fragment": "1" };
    const answer = await fetch(address, { method: body ? "POST" : "GET", body, headers, credentials: "same-origin" });
    const text = await answer.text();
    if (answer.ok) put(text);
    else await refused(text, body);
  } catch {
    complain(say("offline"));
  } finally {
    busy = false;
    sheet.removeAttribute("aria-busy");
  }
}

// What was refused is said above the sheet as it stands now, so that the next change is made with that in sight.
async function refused(text, body) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const now = body && await fetch(location.pathname + location.search, { headers: { "X-Fragment": "1" }, credentials: "same-origin" });
  if (now?.ok) put(await now.text());
  const told = page.querySelector("main h1 + p") ?? page.querySelector("main h1, h1");
  complain(told?.textContent.trim() || say("failed"));
}

function send(address, values) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", csrf());
  body.set("edits", sheet.dataset.edits);
  for (const [name, value] of Object.entries(values)) [].concat(value).forEach((one) => body.append(name, one));
  return ask(address + location.search, body);
}

function open(query) {
  history.replaceState(null, "", query);
  return ask(location.pathname + query);
}

function openCell(cell) {
  const chip = cell.querySelector(".duty-mark");
  open(chip ? `?slot=${chip.dataset.slot}` : `?day=${cell.dataset.day}&person=${personOf(cell)}`);
}

const slotsIn = (cell) => [...cell.querySelectorAll(".duty-mark")].map((chip) => chip.dataset.slot);

function walk(cell, key) {
  const row = cell.parentElement, days = [...row.querySelectorAll("td[data-day]")], n = days.indexOf(cell);
  const line = (other) => [...(other?.querySelectorAll("td[data-day]") ?? [])][n];
  const next = {
    ArrowLeft: days[n - 1], ArrowRight: days[n + 1], Home: days[0], End: days.at(-1),
    ArrowUp: line(row.previousElementSibling), ArrowDown: line(row.nextElementSibling),
  }[key];
  next?.focus();
  return Boolean(next);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const editable = "editable" in sheet.dataset;
  if (event.key === "u" && editable) {
    event.preventDefault();
    return send(sheet.dataset.undo, {});
  }
  const cell = cellOf(event.target);
  if (!cell) return;
  if (event.key === "Enter" || event.key === " ") openCell(cell);
  else if (walk(cell, event.key)) { /* moved */ }
  else if (editable && (event.key === "Delete" || event.key === "Backspace") && slotsIn(cell).length) send(sheet.dataset.seat, { slot: slotsIn(cell), person: "" });
  else if (editable && event.key === "p" && slotsIn(cell).length) send(sheet.dataset.pin, { slot: slotsIn(cell), pinned: cell.querySelector(".pinned") ? "no" : "yes" });
  else return;
  event.preventDefault();
}

function onClick(event) {
  const link = event.target.closest("a[href^='?']");
  if (link && sheet.contains(link)) {
    event.preventDefault();
    cellOf(link)?.focus({ preventScroll: true });
    return open(link.getAttribute("href").replace(/#.*/, ""));
  }
  const cell = cellOf(event.target);
  if (cell && sheet.contains(cell)) {
    cell.focus({ preventScroll: true });
    openCell(cell);
  }
}

function onSubmit(event) {
  const form = event.target.closest("form[data-quiet]");
  if (!form || !sheet.contains(form)) return;
  event.preventDefault();
  ask(form.action, new FormData(form, event.submitter));
}

function startDragging() {
  let dragged = null;
  const target = (event) => {
    const cell = cellOf(event.target);
    return dragged && cell && cell.dataset.day === dragged.day && personOf(cell) !== dragged.person ? cell : null;
  };
  document.addEventListener("dragstart", (event) => {
    const chip = event.target.closest?.(".people-days .duty-mark");
    if (!chip || !("editable" in sheet.dataset)) return;
    dragged = { slot: chip.dataset.slot, ...place(cellOf(chip)) };
    event.dataTransfer.setData("text/plain", chip.title);
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const cell = target(event);
    sheet.querySelectorAll(".drop").forEach((other) => other !== cell && other.classList.remove("drop"));
    if (!cell) return;
    event.preventDefault();
    cell.classList.add("drop");
  });
  document.addEventListener("drop", (event) => {
    const cell = target(event);
    if (!cell) return;
    event.preventDefault();
    cell.focus({ preventScroll: true });
    send(sheet.dataset.seat, { slot: dragged.slot, person: personOf(cell) });
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    sheet.querySelectorAll(".drop").forEach((cell) => cell.classList.remove("drop"));
  });
}

// A running search tells how far it is; when it has ended the sheet is fetched as it is then.
async function follow() {
  const panel = sheet.querySelector("[data-run]");
  if (!panel) return;
  try {
    const answer = await fetch(panel.dataset.run, { credentials: "same-origin" });
    const run = await answer.json();
    if (!run.alive) return void (await ask(location.pathname + location.search));
    const show = (name, text) => panel.querySelector(`[data-run-${name}]`)?.replaceChildren(text);
    show("state", run.state);
    if (run.seconds !== undefined) {
      panel.querySelector("progress").value = run.seconds;
      show("open", String(run.open));
      show("gap", run.gap === null ? "–" : `${(100 * run.gap).toFixed(1)} %`);
      show("seconds", `${run.seconds} / ${run.of}`);
    }
  } catch {
    /* the next look tries again */
  }
}

export function startRoster() {
  sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  sheet.querySelector("td[data-day]")?.setAttribute("tabindex", "0");
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  startDragging();
  setInterval(follow, 1000);
}
