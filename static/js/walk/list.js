// On the list of rounds: keep one for walking without network; send what still waits from the last walk.
import { drawWaiting } from "./kept.js";
import * as store from "./store.js";
import { Sync, fetchState } from "./sync.js";
import { say } from "./words.js";

const place = document.querySelector("[data-kept-rounds]"), person = Number(place.dataset.person);

async function keep(button) {
  const pk = Number(button.dataset.keepRound), label = button.querySelector("span");
  button.setAttribute("aria-busy", "true");
  try {
    const state = await fetchState(person, pk);
    await store.settle(person, pk, state);
    await store.keepPictures(person, state);
    navigator.storage?.persist?.();
    label.textContent = say("is_kept");
    button.disabled = true;
  } catch {
    label.textContent = say("keep_failed");
  }
  button.removeAttribute("aria-busy");
}

async function show() {
  for (const button of document.querySelectorAll("[data-keep-round]")) {
    const kept = await store.round(person, Number(button.dataset.keepRound));
    button.hidden = false;
    button.disabled = Boolean(kept);
    if (kept) button.querySelector("span").textContent = say("is_kept");
  }
  await drawWaiting(place, person);
}

async function start() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(place.dataset.worker, { updateViaCache: "none" }).catch(() => {});
  await store.forgetOthers(person);
  await store.tidy(person);
  await show();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-keep-round]");
    if (button && !button.disabled) keep(button);
  });
  new Sync(person, () => drawWaiting(place, person)).look();
}

start();
