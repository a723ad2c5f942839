// One round on this phone: what the server told of it, and what was found since. Every finding is kept first, then sent.
import { newId } from "./draw.js";
import { isAsked, judge, lacking } from "./judge.js";
import * as store from "./store.js";

const HELD = 60000; // an abnormal answer waits this long for its note, so that whoever mends hears what is wrong

export class Walk {
  constructor(person, pk) {
    Object.assign(this, { person, pk, state: null, outbox: [], ahead: 0 });
  }

  async read() {
    const kept = await store.round(this.person, this.pk);
    this.state = kept?.state ?? null;
    this.ahead = kept?.ahead ?? 0;
    this.outbox = await store.waiting(this.person, this.pk);
    if (this.state) this.put();
    return this;
  }

  // Put what was received and what is only here together: the later answer stands.
  put() {
    this.items = new Map(this.state.stops.flatMap((stop) => stop.items.map((item) => [item.pk, item])));
    this.answers = new Map(this.state.answers.map((answer) => [answer.item, { ...answer, sent: true }]));
    for (const { kind, row, error } of this.outbox) {
      const item = kind === "answer" && this.items.get(row.item), before = item && this.answers.get(row.item);
      if (!item || (before && Date.parse(before.answered_at) > Date.parse(row.answered_at) + this.ahead && !error)) continue;
      this.answers.set(row.item, { ...row, judged: judge(item, row), error });
    }
    this.shots = new Map();
    const add = (shot) => this.shots.set(shot.item, [...(this.shots.get(shot.item) ?? []), shot]);
    const own = new Set();
    for (const entry of this.outbox.filter((one) => one.kind === "shot")) {
      own.add(entry.uid);
      add({ uid: entry.uid, item: entry.row.item, blob: entry.blob, error: entry.error });
    }
    this.state.shots.filter((shot) => !own.has(shot.uid)).forEach(add);
    this.visits = [...this.state.visits, ...this.outbox.filter((one) => one.kind === "visit").map((one) => one.row)];
  }

  // Everything that is drawn, so that what looks the same is not drawn again.
  get look() {
    if (!this.state) return "";
    const answers = [...this.answers.values()].map(({ item, value, note, not_checked, report, error }) => [item, value, note, not_checked, report, error]);
    const shots = [...this.shots.values()].flat().map(({ uid, error, small }) => [uid, error, Boolean(small)]);
    return JSON.stringify([this.state.version, this.closed, this.ended, answers, shots, this.visits.length]);
  }

  now = () => Date.now() + this.ahead;

  get round() {
    return this.state.round;
  }

  get begun() {
    return Boolean(this.round.started_at) || this.outbox.some((entry) => entry.kind === "begin");
  }

  get ended() {
    return !this.round.undone || this.outbox.some((entry) => entry.kind === "done");
  }

  // Why it cannot be walked, as a word of `walk_words.py`; empty where it can.
  get closed() {
    const { status, may_walk, opens_at, missed_at } = this.round;
    if (status === "cancelled") return "cancelled";
    if (!may_walk) return "not_yours";
    if (status === "done" || status === "approved") return "done";
    if (this.begun) return "";
    if (this.now() < Date.parse(opens_at)) return "not_open";
    return this.now() >= Date.parse(missed_at) ? "missed" : "";
  }

  stopKey = (stop) => `${stop.equipment}-${stop.place}`;
  visitsAt = (stop) => this.visits.filter((visit) => `${visit.equipment ?? null}-${visit.place ?? null}` === this.stopKey(stop));
  shown = (stop) => this.visitsAt(stop).find((visit) => visit.how !== "none") ?? null;
  asked = (stop) => stop.items.filter((item) => isAsked(item, this.answers));
  lacks = (item) => lacking(item, this.answers.get(item.pk), this.shots.get(item.pk)?.length);

  missingAt(stop) {
    return this.asked(stop).filter(this.lacks);
  }

  get progress() {
    const asked = this.state.stops.flatMap((stop) => this.asked(stop));
    return { asked: asked.length, answered: asked.filter((item) => this.answers.has(item.pk)).length };
  }

  stopWithTag(tag) {
    const found = this.state.stops.filter((stop) => stop.tag && stop.tag === tag);
    return found.find((stop) => this.missingAt(stop).length) ?? found[0] ?? null;
  }

  async keep(put, drop = []) {
    const made = Date.now();
    const entries = put.map((entry, n) => ({ uid: newId(), person: this.person, round: this.pk, made: made + n / 1000, ...entry }));
    if (!this.begun) {
      const row = { begun_at: new Date(made).toISOString(), version: this.state.version };
      entries.unshift({ uid: newId(), person: this.person, round: this.pk, made: made - 1, kind: "begin", row });
    }
    await store.change(entries, drop);
    await this.read();
  }

  async arrive(stop, how) {
    const row = { uid: newId(), equipment: stop.equipment, place: stop.place, how, arrived_at: new Date().toISOString() };
    await this.keep([{ uid: row.uid, kind: "visit", row }]);
  }

  // The answer of an item, or what is new of it; one that was not sent yet makes room for it.
  async answer(stop, item, news) {
    const unsent = this.outbox.filter((entry) => entry.kind === "answer" && entry.row.item === item.pk);
    const before = this.answers.get(item.pk), at = new Date().toISOString();
    const row = { value: "", note: "", not_checked: false, report: false, ...pick(before), ...news, uid: newId(), item: item.pk };
    const onlyNote = before && !before.sent && before.value === row.value && before.not_checked === row.not_checked;
    row.answered_at = onlyNote ? before.answered_at : at;
    const put = [{ uid: row.uid, kind: "answer", row, hold: this.hold(item, row) }];
    if (!this.visitsAt(stop).length && (stop.equipment || stop.place)) {
      const visit = { uid: newId(), equipment: stop.equipment, place: stop.place, how: "none", arrived_at: row.answered_at };
      put.unshift({ uid: visit.uid, kind: "visit", row: visit });
    }
    await this.keep(put, unsent.map((entry) => entry.uid));
  }

  hold(item, row) {
    const answer = { ...row, judged: judge(item, row) };
    return ["note_missing", "photo_missing", "note_why"].includes(lacking(item, answer, this.shots.get(item.pk)?.length)) ? Date.now() + HELD : 0;
  }

  // Nothing waits for its note any longer: the walker has gone on.
  async release() {
    const held = this.outbox.filter((entry) => entry.hold);
    if (held.length) await store.change(held.map((entry) => ({ ...entry, hold: 0 })));
  }

  async addShot(stop, item, blob) {
    await this.keep([{ kind: "shot", blob, row: { item: item.pk, taken_at: new Date().toISOString() } }]);
    const answer = this.answers.get(item.pk);
    const held = this.outbox.filter((entry) => entry.kind === "answer" && entry.row.item === item.pk && entry.hold);
    if (!answer && (item.kind === "photo" || item.kind === "signature")) await this.answer(stop, item, {});
    else if (held.length && !this.lacks(item)) await store.change(held.map((entry) => ({ ...entry, hold: 0 })));
  }

  dropShot = (uid) => store.change([], [uid]).then(() => this.read());

  async finish() {
    await this.release();
    await this.keep([{ kind: "done", row: { done_at: new Date().toISOString() } }]);
  }
}

function pick(answer) {
  if (!answer) return {};
  const { value, note, not_checked, report } = answer;
  return { value, note, not_checked, report: Boolean(report) };
}
