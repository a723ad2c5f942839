// Charts of readings with their normal and alarm limits. Without this script the table below each says the same.
/* global Chart */
const DAY = 86400000;

function colours() {
  const of = getComputedStyle(document.documentElement);
  const token = (name) => of.getPropertyValue(name).trim();
  return { ink: token("--ink-2"), faint: token("--ink-3"), line: token("--line"), tint: token("--tint"), well: token("--well"), late: token("--late"), font: token("--font") };
}

function dated(zone, span) {
  const language = document.documentElement.lang;
  const parts = span > 400 * DAY ? { year: "numeric", month: "2-digit" } : span > 3 * DAY ? { month: "2-digit", day: "2-digit" } : { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language, { ...parts, timeZone: zone });
}

function limit(data, value, word, colour) {
  return { label: `${word} ${value}`, data: [{ x: data.from, y: value }, { x: data.to, y: value }], borderColor: colour, borderWidth: 1.25, borderDash: [6, 4], pointRadius: 0, pointHitRadius: 0 };
}

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const { zone, measure, wordReading, wordNormal, wordAlarm } = box.dataset;
  const look = colours();
  const whole = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  const short = dated(zone, data.to - data.from);
  const { alarm_low, normal_low, normal_high, alarm_high } = data.limits;
  const lines = [[normal_low, wordNormal, look.well], [normal_high, wordNormal, look.well], [alarm_low, wordAlarm, look.late], [alarm_high, wordAlarm, look.late]];
  const unit = measure ? ` ${measure}` : "";
  box.hidden = false;
  box.chart?.destroy();
  box.chart = new Chart(box.querySelector("canvas"), {
    type: "line",
    data: {
      datasets: [
        { label: wordReading, data: data.points.map(([x, y]) => ({ x, y })), borderColor: look.tint, backgroundColor: look.tint, borderWidth: 1.5, pointRadius: data.points.length > 80 ? 0 : 2.5, pointHitRadius: 8 },
        ...lines.filter(([value]) => value !== undefined).map(([value, word, colour]) => limit(data, value, word, colour)),
      ],
    },
    options: {
      animation: false, parsing: false, maintainAspectRatio: false, interaction: { mode: "nearest", intersect: false },
      scales: {
        x: { type: "linear", min: data.from, max: data.to, grid: { color: look.line }, ticks: { color: look.faint, maxRotation: 0, autoSkipPadding: 18, callback: (value) => short.format(value) } },
        y: { grid: { color: look.line }, ticks: { color: look.faint, callback: (value) => `${value}${unit}` }, grace: "8%" },
      },
      plugins: {
        legend: { display: false },
        tooltip: { filter: (item) => item.datasetIndex === 0, callbacks: { title: (items) => items.map((item) => whole.format(item.parsed.x)), label: (item) => `${item.parsed.y}${unit}` } },
      },
      font: { family: look.font },
    },
  });
}

function drawAll() {
  if (typeof Chart === "undefined") return; // the tables stay
  document.querySelectorAll("[data-chart]").forEach(draw);
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
