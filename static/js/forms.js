// Forms: Ctrl+Enter saves, a button pressed once rests, chips fill a field, drafts are kept while typing.
import { say } from "./words.js";

function csrf(form) {
  return form.querySelector('[name="csrfmiddlewaretoken"]').value;
}

function rest(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-busy", "true"));
  // A page that comes back from the browser's memory must work again.
  setTimeout(() => awake(form), 8000);
}

function awake(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

function ctrlEnter(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  // Wherever the cursor is, if only one that can be seen can be meant.
  const forms = [...document.querySelectorAll("form[data-draft], form[data-ctrl-enter]")].filter((one) => one.checkVisibility());
  const form = event.target.closest?.("form[data-ctrl-enter]") ?? document.querySelector("form[data-draft]") ?? (forms.length === 1 ? forms[0] : null);
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  }
}

function keepDraft(form) {
  const state = document.querySelector("[data-draft-state]");
  const discard = form.querySelector("[data-discard]");
  let timer = null, last = snapshot();

  function snapshot() {
    const values = {};
    for (const [name, value] of new FormData(form)) {
      if (name !== "csrfmiddlewaretoken" && name !== "once" && value) values[name] = value;
    }
    return JSON.stringify(values);
  }

  function body(values) {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", csrf(form));
    data.set("values", values);
    return data;
  }

  async function save() {
    const values = snapshot();
    if (values === last || form.dataset.sent) return;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(values), credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      last = values;
      state.textContent = say("draftSaved", { t: (await answer.json()).saved_at });
      if (discard) discard.hidden = false;
    } catch {
      state.textContent = say("draftFailed");
      timer = setTimeout(save, 5000);
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  addEventListener("pagehide", () => {
    if (!form.dataset.sent && snapshot() !== last) navigator.sendBeacon(form.dataset.draft, body(snapshot()));
  });
  if (discard) {
    discard.hidden = !state?.dataset.restored;
    discard.onclick = async () => {
      form.dataset.sent = "1";
      await fetch(form.dataset.draft, { method: "POST", body: body("{}"), credentials: "same-origin" });
      location.assign(location.pathname); // a reload would put the typed values back
    };
  }
}

// Thumbs get the system's own picker; a keyboard types faster than any picker.
function pickers() {
  if (!matchMedia("(pointer: coarse)").matches) return;
  document.querySelectorAll("input[data-moment]").forEach((field) => {
    const value = field.value.replace(" ", "T");
    field.type = "datetime-local";
    field.value = value;
  });
}

export function startForms() {
  pickers();
  document.addEventListener("submit", rest);
  document.addEventListener("keydown", ctrlEnter);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(awake));
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  document.querySelectorAll("[data-fill]").forEach((chips) => {
    const field = document.getElementById(chips.dataset.fill);
    chips.addEventListener("click", (event) => {
      const chip = event.target.closest("button[value]");
      if (!chip) return;
      field.value = chip.value;
      const password = field.form.querySelector('[type="password"]');
      (password ?? field).focus();
    });
  });
  document.addEventListener("click", (event) => {
    const fold = event.target.closest("details[data-focus] > summary")?.parentElement;
    if (fold && !fold.open) setTimeout(() => fold.querySelector("textarea, input:not([type=hidden])")?.focus());
  });
  document.querySelectorAll("[data-print]").forEach((button) => (button.onclick = () => print()));
  const wrong = document.querySelector(".is-invalid, .pick.is-invalid input");
  wrong?.focus();
}
