// The draft of a checklist: dragging stops and items, lines for choices, menus that close, a warning before typed words are lost.
import { say } from "./words.js";

function told(words) {
  const box = document.createElement("div");
  box.className = "toast-note late";
  box.setAttribute("role", "alert");
  box.append(document.createElement("span"), words);
  document.getElementById("toasts")?.append(box);
}

// What is dragged stays among its siblings: an item at its stop, a stop among the stops.
function arrange(page) {
  let dragged = null, before = "";

  const order = () => JSON.stringify([...page.querySelectorAll("[data-item]")].map((item) => Number(item.dataset.item)));

  async function keep() {
    if (order() === before) return;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", page.querySelector('[name="csrfmiddlewaretoken"]').value);
    data.set("order", order());
    data.set("edits", page.dataset.edits);
    try {
      const answer = await fetch(page.dataset.arrange, { method: "POST", body: data, credentials: "same-origin" });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error);
      page.dataset.edits = said.edits;
      ends();
    } catch (why) {
      told(why instanceof SyntaxError || why instanceof TypeError ? say("failed") : why.message);
      setTimeout(() => location.reload(), 4000);
    }
  }

  // The first goes no further up, the last no further down.
  function ends() {
    for (const list of page.querySelectorAll("[data-items], [data-stops]")) {
      const rows = [...list.children];
      rows.forEach((row, place) => {
        const [up, down] = row.querySelectorAll(':scope > .draft-acts button[name="by"], :scope > header .draft-acts button[name="by"]');
        if (up) up.disabled = place === 0;
        if (down) down.disabled = place === rows.length - 1;
      });
    }
  }

  function move(y) {
    for (const row of dragged.parentElement.children) {
      if (row === dragged) continue;
      const box = row.getBoundingClientRect();
      if (y < box.top || y > box.bottom) continue;
      y < box.top + box.height / 2 ? row.before(dragged) : row.after(dragged);
      return;
    }
  }

  page.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    dragged = grip.closest("[data-item], [data-stop]");
    before = order();
    dragged.classList.add("dragged");
    grip.setPointerCapture(event.pointerId);
  });
  page.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    move(event.clientY);
    if (event.clientY < 70) scrollBy(0, -12);
    if (event.clientY > innerHeight - 70) scrollBy(0, 12);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    page.addEventListener(name, () => {
      if (!dragged) return;
      dragged.classList.remove("dragged");
      dragged = null;
      keep();
    });
  }
}

// There is always an empty line to write the next choice in.
function choices(list) {
  list.addEventListener("input", () => {
    const rows = [...list.children];
    if (rows.length >= 20 || !rows.at(-1).querySelector("input").value) return;
    const row = rows.at(-1).cloneNode(true);
    const [words, bad] = row.querySelectorAll("input");
    words.value = "";
    words.setAttribute("aria-label", words.getAttribute("aria-label").replace(/\d+$/, rows.length + 1));
    bad.checked = false;
    bad.value = rows.length;
    list.append(row);
  });
}

function guard(form) {
  const state = () => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.name ?? value])).toString();
  const before = form.querySelector(".is-invalid, .invalid-feedback") ? "" : state();
  let leaving = false;
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  form.querySelectorAll("[data-leave]").forEach((link) => link.addEventListener("click", () => (leaving = true)));
  addEventListener("beforeunload", (event) => {
    if (!leaving && state() !== before) event.preventDefault();
  });
}

function foresee(box) {
  const form = box.closest("form");
  let timer = null, asked = 0;
  async function look() {
    const mine = ++asked;
    const data = new FormData(form);
    for (const name of ["csrfmiddlewaretoken", "once", "standing"]) data.delete(name);
    try {
      const answer = await fetch(`${box.dataset.foreseen}?${new URLSearchParams(data)}`, { credentials: "same-origin" });
      const page = await answer.text();
      if (answer.ok && mine === asked) box.innerHTML = page;
    } catch {
      // Without network the last picture stays; saving tells what is wrong.
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 350);
  });
  form.querySelector("[data-look]").hidden = true;
  look();
}

export function startDrafts() {
  document.querySelectorAll("[data-arrange]").forEach(arrange);
  document.querySelectorAll("[data-choices]").forEach(choices);
  document.querySelectorAll("form[data-unsaved]").forEach(guard);
  document.querySelectorAll("[data-foreseen]").forEach(foresee);
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.dots[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details.dots[open]").forEach((menu) => (menu.open = false));
  });
}
