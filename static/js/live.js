// Live pages: when the server's stamp changes, the page is fetched again and its regions are swapped.
// Nothing moves under the finger: a region in use waits, focus and scroll are kept.
import { setServerTime } from "./countdown.js";
import { alarm } from "./sound.js";
import { say } from "./words.js";

let stamp = null, refreshed = Date.now(), pending = false, seen = null;

function inUse(region) {
  const active = document.activeElement;
  if (active && region.contains(active) && active.matches("input, textarea, select")) return true;
  if (region.querySelector("form [data-typed]")) return true;
  return region.matches(":active");
}

async function refresh() {
  if (pending || document.querySelector("[data-still]")) return; // a page of an error, or of a refused form, says the same however often it is asked
  pending = true;
  refreshed = Date.now();
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of document.querySelectorAll("[data-region]")) {
      const next = fresh.querySelector(`[data-region="${region.dataset.region}"]`);
      if (!next || inUse(region) || same(region, next)) continue;
      swap(region, next);
    }
  } catch {
    /* the next look tries again */
  } finally {
    pending = false;
  }
}

// A fresh `once` token or CSRF token is no change worth moving anything for.
function plain(region) {
  const copy = region.cloneNode(true);
  copy.querySelectorAll('[name="once"], [name="csrfmiddlewaretoken"]').forEach((field) => field.remove());
  copy.querySelectorAll("[data-due], [data-since], .hair, .past, .now-label").forEach((clock) => {
    clock.replaceChildren();
    [...clock.attributes].filter((a) => !/^data-(due|since)$/.test(a.name)).forEach((a) => clock.removeAttribute(a.name));
  });
  copy.querySelectorAll(".due").forEach((row) => row.classList.remove("late", "soon", "next"));
  return copy.innerHTML.replace(/\s+/g, " ");
}

const same = (a, b) => plain(a) === plain(b);

function swap(region, next) {
  const active = document.activeElement;
  const mark = region.contains(active) ? active.id || active.getAttribute("href") || active.getAttribute("action") : null;
  const open = [...region.querySelectorAll("details[open]")].map((d) => d.querySelector("summary")?.textContent);
  region.replaceChildren(...document.importNode(next, true).childNodes);
  region.querySelectorAll("details").forEach((d) => {
    if (open.includes(d.querySelector("summary")?.textContent)) d.open = true;
  });
  if (mark) region.querySelector(`[id="${CSS.escape(mark)}"], [href="${CSS.escape(mark)}"]`)?.focus({ preventScroll: true });
}

function toast(notice) {
  const box = document.createElement("div");
  box.className = "toast-note late";
  const text = document.createElement("div"), title = document.createElement("strong"), more = document.createElement("p");
  title.textContent = notice.title;
  more.textContent = notice.text.split("\n")[0];
  text.append(title, more);
  const link = document.createElement("a");
  link.href = notice.url;
  link.className = "cover";
  link.textContent = "→";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "✕";
  close.setAttribute("aria-label", say("dismiss"));
  close.onclick = () => box.remove();
  box.append(link, text, close);
  document.getElementById("toasts")?.append(box);
}

function offline(is) {
  const banners = document.getElementById("banners");
  const there = banners?.querySelector("[data-offline]");
  if (!is) there?.remove();
  else if (banners && !there) {
    const box = document.createElement("div");
    box.className = "banner banner-late";
    box.dataset.offline = "";
    box.setAttribute("role", "alert");
    box.textContent = say("offline");
    banners.prepend(box);
  }
}

let failures = 0;
function heard({ data }) {
  if (data.signedOut) return location.reload();
  failures = data.failed ? failures + 1 : 0;
  offline(failures >= 3);
  if (data.failed) return;
  setServerTime(data.at);
  const ids = data.urgent.map((notice) => notice.id);
  if (seen !== null) {
    const fresh = data.urgent.filter((notice) => !seen.includes(notice.id));
    if (fresh.length) {
      fresh.forEach(toast);
      alarm();
    }
  }
  seen = ids;
  const changed = stamp !== null && data.stamp !== stamp;
  stamp = data.stamp;
  if (changed || Date.now() - refreshed > 60000) refresh();
}

export function startLive() {
  const { live, worker } = document.body.dataset;
  if (!live || !window.Worker) return;
  const asking = new Worker(worker);
  asking.onmessage = heard;
  asking.postMessage(new URL(live, location.href).href);
  document.addEventListener("input", (event) => event.target.toggleAttribute("data-typed", true));
}
