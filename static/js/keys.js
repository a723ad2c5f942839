// Keyboard: n log, / search, g d desk, g i incidents, ? help. Never while something is being typed.
let before = "";

function go(selector) {
  const link = document.querySelector(selector);
  if (link) location.href = link.href;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const key = before === "g" ? `g ${event.key}` : event.key;
  before = event.key === "g" ? "g" : "";
  const search = document.querySelector("[data-search]");
  if (key === "n") go('a[href$="/incidents/log/"]');
  else if (key === "g d") go(".brand");
  else if (key === "g i") go('.rail-item[href$="/incidents/"]');
  else if (key === "?") document.getElementById("help")?.showModal();
  else if (key === "/" && search) search.focus();
  else if (key === "/") location.href = "/incidents/#search";
  else return;
  event.preventDefault();
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
  if (location.hash === "#search") document.querySelector("[data-search]")?.focus();
}
