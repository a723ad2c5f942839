// The quick log: the level as the standard says it, who hears by when, and the questions that belong to the nature.
import { clock, minuteOf } from "./moments.js";

const COLOURS = { 1: "late", 2: "late", 3: "soon", 4: "info" };

function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

export function startLog() {
  const form = document.querySelector("form[data-log]");
  if (!form) return;
  const verdicts = read("verdicts"), natures = read("natures");
  const words = document.getElementById("verdict-words").dataset;
  const box = form.querySelector("[data-verdict]");
  const chosen = (name) => form.querySelector(`[name="${name}"]:checked`)?.value ?? "";

  // Until when whom: with the hour when the field can be read, else with the minutes alone.
  function promise({ minutes, to }) {
    const received = minuteOf(form.elements.received_at.value), timed = received !== null;
    const text = to.length ? (timed ? words.report : words.reportWithin) : timed ? words.nobody : words.nobodyWithin;
    const values = { t: timed ? clock(received + minutes) : "", n: minutes, who: to.join(words.and) };
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  function judge() {
    const cell = verdicts.cells[`${chosen("urgency")}-${chosen("scope")}`];
    const override = Object.entries(verdicts.levels).find(([, level]) => String(level.id) === form.elements.level.value);
    const rank = override ? override[0] : cell?.rank;
    if (!rank) return;
    const level = verdicts.levels[rank], reported = level.report || form.elements.beyond_ability.checked;
    box.className = `verdict ${COLOURS[rank]}`;
    box.querySelector("[data-level]").textContent = level.name;
    const standard = words.standard.replace("{n}", verdicts.version);
    const said = override || !cell ? "" : `“${cell.words}” `;
    const report = reported ? promise(level) : words.plain;
    box.querySelector("[data-words]").textContent = `${standard}: ${said}${report}`;
    form.querySelector("[data-save]").textContent = reported ? words.saveReport : words.save;
  }

  function ask() {
    const nature = natures.find(({ id }) => String(id) === form.elements.nature.value);
    const panel = document.querySelector("[data-ask]"), list = panel.querySelector("[data-ask-list]");
    panel.hidden = !nature?.questions.length;
    panel.querySelector("[data-ask-nature]").textContent = form.elements.nature.selectedOptions[0]?.textContent ?? "";
    list.replaceChildren(
      ...(nature?.questions ?? []).map((question) => {
        const item = document.createElement("li"), label = document.createElement("label"), tick = document.createElement("input");
        tick.type = "checkbox";
        tick.className = "form-check-input";
        label.append(tick, question);
        item.append(label);
        return item;
      }),
    );
    const call = document.querySelector("[data-call]");
    call.hidden = !nature?.call;
    if (nature?.call) {
      call.querySelector("[data-call-number]").textContent = nature.call;
      call.querySelector("[data-call-link]").href = `tel:${nature.call.replace(/\D/g, "")}`;
    }
  }

  // "Not given" and a name exclude each other.
  for (const [name, flag] of [["reporter_name", "name_not_given"], ["reporter_contact", "contact_not_given"]]) {
    const field = form.elements[name], box = form.elements[flag];
    field.addEventListener("input", () => field.value && (box.checked = false));
    box.addEventListener("change", () => box.checked && (field.value = ""));
  }

  form.addEventListener("change", judge);
  form.elements.received_at.addEventListener("input", judge);
  form.elements.nature.addEventListener("change", ask);
  judge();
  ask();
  if (!document.querySelector(".is-invalid")) form.elements.reporter_name.focus();
}
