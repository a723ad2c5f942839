// Asks the server every few seconds. In a worker, since browsers slow down the timers of hidden tabs.
let address, timer;

async function ask() {
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 403) postMessage({ signedOut: true });
    else if (answer.ok) postMessage(await answer.json());
    else postMessage({ failed: true });
  } catch {
    postMessage({ failed: true });
  }
  timer = setTimeout(ask, 4000);
}

onmessage = (event) => {
  address = event.data;
  clearTimeout(timer);
  ask();
};
