// What every page gets. Each module looks for its own data attributes and does nothing without them.
import { startClocks } from "./countdown.js";
import { startDrafts } from "./drafts.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startLog } from "./log.js";
import { startRoster } from "./roster.js";
import { startSound } from "./sound.js";

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest" }); // a low window hides the last entries

// Who uses this browser now: without network only their own rounds are shown (`walk/store.js`).
try {
  localStorage.setItem("zhiban.person", document.body.dataset.person ?? "");
} catch {
  /* a browser that keeps nothing keeps no rounds either */
}

startClocks();
startDrafts();
startForms();
startKeys();
startSound();
startLive();
startLog();
startRoster();
