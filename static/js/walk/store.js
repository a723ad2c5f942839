// What this phone keeps of rounds: each as the server told it, what is not sent yet, reference photos. All of it by person.
import { openDB } from "../../vendor/idb.js";

let opened = null;

function database() {
  opened ??= openDB("zhiban-rounds", 1, {
    upgrade(db) {
      db.createObjectStore("rounds", { keyPath: ["person", "pk"] });
      db.createObjectStore("outbox", { keyPath: "uid" }).createIndex("of", ["person", "round"]);
      db.createObjectStore("pictures", { keyPath: ["person", "url"] });
    },
    blocking: (_old, _new, event) => event.target.close(), // a newer page wants to change the shape
  });
  return opened;
}

export const everyone = () => database().then((db) => db.getAll("rounds"));

export async function rounds(person) {
  return (await everyone()).filter((row) => row.person === person);
}

export const round = async (person, pk) => (await database()).get("rounds", [person, pk]);

export async function waiting(person, pk) {
  const rows = await (await database()).getAllFromIndex("outbox", "of", IDBKeyRange.only([person, pk]));
  return rows.sort((a, b) => a.made - b.made);
}

export async function allWaiting() {
  return (await database()).getAll("outbox");
}

// Write these and take those away, all or nothing.
export async function change(put, drop = []) {
  const transaction = (await database()).transaction("outbox", "readwrite", { durability: "strict" });
  for (const uid of drop) transaction.store.delete(uid);
  for (const entry of put) transaction.store.put(entry);
  await transaction.done;
}

// What the server says now, and what it has taken in: both in one go, so that nothing is ever in neither place.
export async function settle(person, pk, state, taken = []) {
  const transaction = (await database()).transaction(["rounds", "outbox"], "readwrite", { durability: "strict" });
  transaction.objectStore("rounds").put({ person, pk, state, kept: Date.now(), ahead: Date.parse(state.at) - Date.now() });
  for (const uid of taken) transaction.objectStore("outbox").delete(uid);
  await transaction.done;
}

export async function mark(uid, error) {
  const transaction = (await database()).transaction("outbox", "readwrite");
  const entry = await transaction.store.get(uid);
  if (entry) await transaction.store.put({ ...entry, error });
  await transaction.done;
}

export const picture = async (person, url) => (await (await database()).get("pictures", [person, url]))?.blob;

export async function keepPictures(person, state) {
  const db = await database();
  const urls = state.stops.flatMap((stop) => stop.items.map((item) => item.picture)).filter(Boolean);
  for (const url of urls) {
    if (await db.get("pictures", [person, url])) continue;
    const answer = await fetch(url, { credentials: "same-origin", redirect: "error" });
    if (answer.ok) await db.put("pictures", { person, url, blob: await answer.blob() });
  }
}

export async function drop(person, pk) {
  await (await database()).delete("rounds", [person, pk]);
}

// What was sent of others leaves this phone; what they have not sent stays until they sign in.
export async function forgetOthers(person) {
  const db = await database(), unsent = new Set((await db.getAll("outbox")).map((entry) => `${entry.person} ${entry.round}`));
  for (const row of await db.getAll("rounds")) {
    if (row.person !== person && !unsent.has(`${row.person} ${row.pk}`)) await db.delete("rounds", [row.person, row.pk]);
  }
  for (const key of await db.getAllKeys("pictures")) if (key[0] !== person) await db.delete("pictures", key);
}

// Rounds that are over, and of which everything is sent.
export async function tidy(person) {
  for (const row of await rounds(person)) {
    const over = !row.state.round.undone || Date.parse(row.state.round.missed_at) < Date.now() - 86400000;
    if (over && !(await waiting(person, row.pk)).length) await drop(person, row.pk);
  }
}

// Who uses this phone: whoever the last page from the server was for.
export function currentPerson() {
  try {
    return Number(localStorage.getItem("zhiban.person")) || null;
  } catch {
    return null;
  }
}
