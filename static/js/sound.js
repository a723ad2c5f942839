// Sound for urgent notices. Browsers want a click first; the button always shows how things stand.
import { say } from "./words.js";

const KEY = "zhiban.sound";
let context = null;

const wanted = () => localStorage.getItem(KEY) === "on";

function show() {
  const running = context?.state === "running";
  document.querySelectorAll("[data-sound]").forEach((button) => {
    button.hidden = false;
    button.querySelector("span").textContent = say(!wanted() ? "soundOff" : running ? "soundOn" : "soundBlocked");
    button.setAttribute("aria-pressed", String(wanted() && running));
  });
}

async function arm() {
  context ??= new AudioContext();
  try {
    await context.resume();
  } catch {
    /* stays blocked, and says so */
  }
  show();
}

function tone(from, frequency) {
  const oscillator = context.createOscillator(), gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0.0001, from);
  gain.gain.exponentialRampToValueAtTime(0.5, from + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.28);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + 0.3);
}

// Two rising tones, three times: heard across a room, and unlike a phone.
export function alarm() {
  if (!wanted() || context?.state !== "running") return;
  for (let n = 0; n < 3; n += 1) {
    tone(context.currentTime + n * 0.9, 660);
    tone(context.currentTime + n * 0.9 + 0.3, 880);
  }
}

export function startSound() {
  if (!window.AudioContext || !document.querySelector("[data-sound]")) return;
  document.querySelectorAll("[data-sound]").forEach((button) => {
    button.onclick = async () => {
      const turnOn = !wanted() || context?.state !== "running";
      localStorage.setItem(KEY, turnOn ? "on" : "off");
      await arm();
      if (turnOn && context.state === "running") tone(context.currentTime, 880);
    };
  });
  show();
  // Any click on this page is what the browser waits for.
  if (wanted()) document.addEventListener("pointerdown", arm, { once: true });
}
