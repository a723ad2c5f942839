// Keeps the walking page on this phone and shows it where there is no network. It keeps no page of anybody:
// what was found lies in the page's own store, by person. `KEPT` is written above by the server.
const NAME = `walk-${KEPT.version}`, FILES = new Set(KEPT.files.map((file) => new URL(file, location.href).pathname));
const WALKING = /^\/rounds\/(\d+\/(walk\/)?)?$/, PATIENCE = 6000;

addEventListener("install", (event) => {
  const fresh = [...KEPT.files, KEPT.shell].map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, WALKING.test(address.pathname)));
  else if (FILES.has(address.pathname)) event.respondWith(file(request));
});

// The server's page wherever it answers in time; without it the shell, which reads what this phone keeps.
async function page(request, walking) {
  const shell = () => caches.match(KEPT.shell, { ignoreVary: true }).then((kept) => kept ?? Response.error());
  try {
    const answer = await (walking ? Promise.race([fetch(request), late()]) : fetch(request));
    return walking && [502, 503, 504].includes(answer.status) ? shell() : answer;
  } catch {
    return shell();
  }
}

const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
