// The walking page, with network or without: one stop at a time, and the rounds that this phone keeps.
import { act, h, icon } from "./draw.js";
import { drawItem } from "./item.js";
import { drawKept, drawNobody } from "./kept.js";
import { drawEnd } from "./ending.js";
import { askForLabel, plainTag } from "./scan.js";
import { drawStatus } from "./status.js";
import * as store from "./store.js";
import { Sync } from "./sync.js";
import { Walk } from "./walk.js";
import { say } from "./words.js";

const PAUSE = 2500; // of typing after which a reading is kept all the same

export class Page {
  constructor(root, person, pk) {
    Object.assign(this, { root, place: 0, reopened: new Set(), dirty: new Set(), keeping: 0, addresses: [], message: "" });
    this.walk = new Walk(person, pk);
    this.sync = new Sync(person, () => this.heard());
    this.sync.open = pk;
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel("zhiban-rounds") : null;
    if (this.channel) this.channel.onmessage = () => this.refresh();
    for (const event of ["pagehide", "visibilitychange"]) addEventListener(event, () => this.commitAll());
    addEventListener("beforeunload", (event) => (this.unkept || this.stuck) && event.preventDefault());
  }

  async start() {
    await this.walk.read();
    if (!this.walk.state) await this.sync.send().catch(() => {});
    await this.walk.read();
    if (this.walk.state) {
      const first = this.walk.state.stops.findIndex((stop) => this.walk.missingAt(stop).length);
      this.place = first < 0 ? this.walk.state.stops.length : first;
    }
    this.draw();
    this.sync.soon(0);
    store.keepPictures(this.walk.person, this.walk.state ?? { stops: [] }).catch(() => {});
    navigator.storage?.persist?.();
  }

  get stop() {
    return this.walk.state?.stops[this.place] ?? null;
  }

  // Typed or pressed, and not written down on this phone yet: a moment in which nothing may be called sent.
  get unkept() {
    return this.keeping > 0 || this.dirty.size > 0;
  }

  // Something waits that does not go out by itself.
  get stuck() {
    return this.walk.outbox.length > 0 && !["rest", "sending"].includes(this.sync.phase);
  }

  // Do this, keep it, and show how it stands then.
  async after(job, stop = null) {
    this.keeping += 1;
    this.drawStatus();
    try {
      await job();
    } catch (why) {
      this.message = say(why?.name === "QuotaExceededError" ? "storage_full" : "server_wrong", { why: why?.message ?? why });
    }
    this.keeping -= 1;
    this.channel?.postMessage("changed");
    if (!stop || stop.number === this.stop?.number) this.draw();
    this.sync.soon();
  }

  // A field under the finger is judged while it is typed in, and kept when it is left, or after a pause.
  whileTyping(field, judged, commit) {
    let timer = null;
    const job = async () => {
      clearTimeout(timer);
      this.keeping += 1;
      this.dirty.delete(job);
      await Promise.resolve(commit()).finally(() => (this.keeping -= 1));
      this.drawStatus();
    };
    field.addEventListener("input", () => {
      judged();
      this.dirty.add(job);
      this.drawStatus();
      clearTimeout(timer);
      timer = setTimeout(job, PAUSE);
    });
    field.addEventListener("change", job);
  }

  commitAll = () => Promise.all([...this.dirty].map((job) => job()));

  async go(place) {
    await this.commitAll();
    await this.walk.release();
    this.place = Math.max(0, Math.min(place, this.walk.state.stops.length));
    this.message = "";
    this.draw();
    scrollTo({ top: 0, behavior: "instant" });
    this.root.querySelector("h1")?.focus();
    this.sync.soon();
  }

  reopen(item) {
    this.reopened.add(item.pk);
    this.draw();
  }

  async label(typing) {
    await this.commitAll();
    const found = await askForLabel({ typing, refused: (tag) => this.noSuchLabel(tag) });
    if (!found) return;
    const stop = this.walk.stopWithTag(found.tag);
    if (!stop) {
      this.message = say("not_on_round", { code: found.tag });
      return this.draw();
    }
    await this.walk.arrive(stop, found.how);
    await this.go(this.walk.state.stops.findIndex((one) => one.number === stop.number));
    this.message = say("jumped", { name: stop.name, n: stop.number });
    this.draw();
  }

  // Why a typed code is none of this round; empty where it is one.
  noSuchLabel(tag) {
    if (this.walk.stopWithTag(tag)) return "";
    return say(this.walk.state.stops.some((stop) => stop.code && plainTag(stop.code) === tag) ? "code_of_piece" : "wrong_code", { code: tag });
  }

  address(blob) {
    const made = URL.createObjectURL(blob);
    this.addresses.push(made);
    return made;
  }

  // News from the server or another tab: shown at once, but nothing moves under a finger that types or presses.
  async refresh() {
    await this.walk.read();
    const active = document.activeElement, typing = this.root.contains(active) && active.matches("input:not([type=file]), textarea");
    const busy = typing || this.dirty.size || this.root.querySelector(".walk-pad, details.fold[open], :active");
    if (busy || this.walk.look === this.drawn) this.drawStatus();
    else this.draw();
  }

  async heard() {
    await this.refresh();
    if (this.sync.phase === "rest") this.channel?.postMessage("sent");
  }

  // Replaced only where it says something else: it is read out each time.
  drawStatus() {
    const shown = this.root.querySelector("[data-status]"), next = drawStatus(this);
    if (shown && shown.outerHTML !== next.outerHTML) shown.replaceWith(next);
  }

  draw() {
    const { walk } = this, kept = document.activeElement?.closest?.("[data-item]")?.dataset.item, label = document.activeElement?.textContent;
    this.addresses.splice(0).forEach((made) => setTimeout(() => URL.revokeObjectURL(made), 1000));
    if (!walk.state) return this.root.replaceChildren(drawStatus(this), h("h1", { tabindex: -1 }, say(this.sync.phase === "rest" || this.sync.phase === "sending" ? "loading" : "not_kept")), h("p", { class: "help" }, say("not_kept_why")), this.away());
    const closed = walk.closed, stop = this.stop;
    document.title = walk.round.title;
    this.drawn = walk.look;
    const parts = [
      this.head(),
      this.message && h("p", { class: "alert alert-info", role: "status" }, this.message),
      ...(closed || walk.ended || !stop ? drawEnd(this, closed) : this.drawStop(stop)),
      closed || walk.ended ? this.away() : this.foot(),
    ];
    this.root.replaceChildren(...parts.filter(Boolean));
    const again = kept && this.root.querySelector(`[data-item="${kept}"]`);
    [...(again?.querySelectorAll("button") ?? [])].find((button) => button.textContent === label)?.focus({ preventScroll: true });
  }

  head() {
    const { walk } = this, { asked, answered } = walk.progress, stops = walk.state.stops;
    const at = this.stop ? say("stop_of", { n: this.place + 1, m: stops.length }) : say("finish_title");
    return h("header", { class: "walk-head" },
      h("p", { class: "crumb" }, h("a", { href: walk.round.page }, walk.round.title), ` · ${walk.round.planned} · ${say("done_until", { t: walk.round.due })}`),
      drawStatus(this),
      h("details", { class: "walk-stops" },
        h("summary", {}, h("span", {}, at), h("progress", { max: asked || 1, value: answered, "aria-label": say("answered_of", { n: answered, m: asked }) }), h("span", {}, `${answered}/${asked}`)),
        h("ol", {}, stops.map((stop, n) => {
          const missing = walk.missingAt(stop).length;
          return h("li", {}, h("button", { type: "button", class: `chip${missing ? "" : " full"}`, "aria-current": n === this.place ? "step" : null, onclick: () => this.go(n) }, missing ? "" : icon("check2"), `${n + 1}. ${stop.name || say("in_general")}`));
        }))));
  }

  drawStop(stop) {
    const { walk } = this, shown = walk.shown(stop), locked = walk.round.must_scan && stop.tag && !walk.visitsAt(stop).length;
    const open = walk.asked(stop).filter((item) => item.kind === "state" && !walk.answers.has(item.pk));
    const parts = [h("h1", { tabindex: -1 }, stop.name || say("in_general")), h("p", { class: "under" }, [stop.code, stop.path].filter(Boolean).join(" · "))];
    if (stop.tag) parts.push(this.labelRow(stop, shown, locked));
    if (locked) return [...parts, h("p", { class: "alert alert-warning" }, say("scan_first"))];
    parts.push(...walk.asked(stop).map((item) => drawItem(this, walk, stop, item)));
    // Honest only where one has been in front of it.
    if (open.length > 1 && (shown || !stop.tag)) {
      const all = async () => {
        for (const item of open) await walk.answer(stop, item, { value: "normal" });
      };
      parts.push(h("p", { class: "walk-all" }, act(say("all_normal"), "check2-all", () => this.after(all, stop)), h("span", { class: "help" }, say("all_normal_why"))));
    }
    return parts;
  }

  labelRow(stop, shown, locked) {
    const how = shown && h("span", { class: `badge-state ${shown.how === "scanned" ? "well" : "soon"}` }, icon(shown.how === "scanned" ? "qr-code-scan" : "keyboard"), say(shown.how));
    return h("p", { class: "row-of-acts walk-label" }, how,
      act(say(shown ? "scan_again" : "scan"), "qr-code-scan", () => this.label(false), shown ? "quiet" : "primary"),
      !shown && act(say("type_code"), "keyboard", () => this.label(true), "quiet"),
      locked && act(say("no_label"), "slash-circle", () => this.after(() => this.walk.arrive(stop, "none"), stop), "quiet"));
  }

  foot() {
    const last = this.place >= this.walk.state.stops.length;
    const next = this.place === this.walk.state.stops.length - 1 ? say("finish_title") : say("next");
    return h("nav", { class: "walk-foot", "aria-label": say("all_stops") },
      act(say("back"), "chevron-left", () => this.go(this.place - 1), this.place ? "" : "resting"),
      act(say("scan_short"), "qr-code-scan", () => this.label(false)),
      !last && act(next, "chevron-right", () => this.go(this.place + 1), "primary"));
  }

  away() {
    const { rounds } = this.root.dataset;
    return h("p", { class: "row-of-acts" }, this.walk.state && h("a", { class: "act", href: this.walk.round.page }, say("to_round")), h("a", { class: "act primary", href: rounds }, say("to_rounds")));
  }
}

async function begin() {
  const root = document.querySelector("[data-walk]"), found = location.pathname.match(/^\/rounds\/(\d+)\/walk\/$/);
  const shell = "shell" in root.dataset, person = shell ? store.currentPerson() : Number(root.dataset.person);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(root.dataset.worker, { updateViaCache: "none" }).catch(() => {});
  document.body.classList.add("walking");
  if (!person) return drawNobody(root);
  if (!shell) await store.forgetOthers(person);
  if (!found) return drawKept(root, person);
  const page = new Page(root, person, Number(found[1]));
  await page.start();
  document.querySelector("[data-plain]")?.remove(); // the form that does without this script
}

begin();
