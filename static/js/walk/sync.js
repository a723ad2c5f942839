// Sending what this phone keeps, however often it takes: everything has a number of its own, so that twice is once.
import { newId } from "./draw.js";
import * as store from "./store.js";

const AT_ONCE = 100, PATIENCE = 30000, PATIENCE_PHOTO = 120000;

class Ended extends Error {}
class Another extends Error {}
class Refused extends Error {
  constructor(status, said) {
    super(said.error ?? String(status));
    Object.assign(this, { status, code: said.code ?? "" });
  }
}

async function ask(address, { body, type, csrf, patience = PATIENCE } = {}) {
  const headers = { Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  if (csrf) headers["X-CSRFToken"] = csrf;
  const method = body === undefined ? "GET" : "POST";
  const signal = AbortSignal.timeout(patience);
  const answer = await fetch(address, { method, body, headers, signal, credentials: "same-origin", redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect") throw new Ended(); // to the page where one signs in
  const said = await answer.json().catch(() => null);
  if (answer.ok && said) return said;
  if (said?.code === "ended") throw new Ended();
  if (said?.code === "another") throw new Another();
  throw new Refused(answer.status, said ?? {});
}

export async function fetchState(person, pk) {
  const state = await ask(`/rounds/${pk}/state/`);
  if (state.person.pk !== person) throw new Another();
  return state;
}

// Tell the server, and keep what it tells back.
async function tell(person, pk, state, parcel) {
  const sent = { uid: newId(), person, sent_at: new Date().toISOString(), version: state.version, knows: state.version, device: navigator.userAgent.slice(0, 40), ...parcel };
  const said = await ask(`/rounds/${pk}/parcel/`, { body: JSON.stringify(sent), type: "application/json", csrf: state.csrf });
  return { stops: state.stops, ...said };
}

async function sendShot(person, pk, state, entry) {
  const body = new FormData();
  const name = entry.blob.type === "image/png" ? "signature.png" : "photo.jpg";
  for (const [field, value] of Object.entries({ uid: entry.uid, person, item: entry.row.item, taken_at: entry.row.taken_at })) body.set(field, value);
  body.set("sent_at", new Date().toISOString());
  body.set("file", entry.blob, name);
  return ask(`/rounds/${pk}/photo/`, { body, csrf: state.csrf, patience: PATIENCE_PHOTO });
}

// Everything that waits of one round: its beginning, then photos one by one, then the answers that need them, then its end.
async function pushRound(person, pk, anew) {
  const now = Date.now();
  const held = (await store.waiting(person, pk)).filter((entry) => !(entry.hold > now) && (anew || !entry.error));
  let state = await fetchState(person, pk);
  await store.settle(person, pk, state);
  if (!held.length) return;
  if (state.round.status === "cancelled" || !state.round.may_walk) return;
  const begin = held.find((entry) => entry.kind === "begin");
  if (begin) {
    if (!state.round.started_at) state = await tell(person, pk, state, { begun_at: begin.row.begun_at, version: begin.row.version });
    await store.settle(person, pk, state, [begin.uid]);
  }
  let whole = true;
  for (const shot of held.filter((entry) => entry.kind === "shot")) {
    try {
      const said = await sendShot(person, pk, state, shot);
      state = withShot(state, { uid: shot.uid, item: shot.row.item, small: said.small });
      await store.settle(person, pk, state, [shot.uid]);
    } catch (why) {
      if (!(why instanceof Refused) || why.status === 403) throw why;
      whole = false;
      if (why.status < 500) await store.mark(shot.uid, why.message);
    }
  }
  const rows = held.filter((entry) => entry.kind === "answer" || entry.kind === "visit");
  const done = held.find((entry) => entry.kind === "done");
  for (let n = 0; n < rows.length || (n === 0 && done); n += AT_ONCE) {
    const part = rows.slice(n, n + AT_ONCE), last = n + AT_ONCE >= rows.length;
    const pick = (kind) => part.filter((entry) => entry.kind === kind).map((entry) => entry.row);
    const parcel = { answers: pick("answer"), visits: pick("visit") };
    if (last && done && whole) parcel.done_at = done.row.done_at;
    const said = await tell(person, pk, state, parcel);
    const taken = [...said.taken, ...pick("visit").map((visit) => visit.uid)];
    if (parcel.done_at) taken.push(done.uid); // done, or the server says what is missing
    state = said;
    await store.settle(person, pk, state, taken);
    for (const [uid, why] of Object.entries(said.refused)) await store.mark(uid, why);
  }
}

function withShot(state, shot) {
  return { ...state, shots: [...state.shots.filter((one) => one.uid !== shot.uid), shot] };
}

export class Sync {
  // phase: rest, sending, offline, ended, another, wrong
  constructor(person, onchange) {
    Object.assign(this, { person, onchange, phase: "rest", why: "", busy: false, again: false, anew: false, open: null, timer: null });
    addEventListener("online", () => this.soon(0));
    addEventListener("offline", () => this.say("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon(0));
    setInterval(() => this.look(), 15000);
  }

  say(phase, why = "") {
    Object.assign(this, { phase, why });
    this.onchange();
  }

  soon(after = 400) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), after);
  }

  async look() {
    const mine = (await store.allWaiting()).some((entry) => entry.person === this.person);
    if (mine || this.phase !== "rest" || (this.open && document.visibilityState === "visible")) this.send();
  }

  // One at a time, in however many tabs; what comes up meanwhile is sent right after.
  async send() {
    if (this.busy) return void (this.again = true);
    this.busy = true;
    this.again = false;
    try {
      if (navigator.locks) await navigator.locks.request(`zhiban-rounds-${this.person}`, () => this.all());
      else await this.all();
      this.say("rest");
    } catch (why) {
      this.failed(why);
    } finally {
      this.busy = false;
      if (this.again) this.soon();
    }
  }

  async all() {
    const anew = this.anew; // what was refused is sent again when somebody asks for it
    this.anew = false;
    const waiting = (await store.allWaiting()).filter((entry) => entry.person === this.person);
    const rounds = new Set(waiting.map((entry) => entry.round));
    if (this.open) rounds.add(this.open);
    if (waiting.length) this.say("sending");
    let wrong = null;
    for (const pk of rounds) {
      try {
        await pushRound(this.person, pk, anew);
      } catch (why) {
        if (!(why instanceof Refused) || why.code === "stale") throw why;
        wrong = why; // the other rounds are sent all the same
      }
    }
    if (wrong) throw wrong;
  }

  failed(why) {
    if (why instanceof Ended) this.say("ended");
    else if (why instanceof Another) this.say("another");
    else if (why instanceof Refused) this.say(why.status < 500 ? "refused" : "wrong", why.message);
    else if (why instanceof TypeError || why?.name === "TimeoutError" || why?.name === "AbortError") this.say("offline");
    else {
      this.say("wrong", String(why));
      throw why;
    }
  }
}
