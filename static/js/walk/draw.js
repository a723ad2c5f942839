// Nodes from words: never from markup that somebody typed.
export function h(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export function icon(name) {
  const kept = document.querySelector(`template[data-icon="${name}"]`);
  return kept ? kept.content.firstElementChild.cloneNode(true) : "";
}

export function badge(text, colour, picture) {
  return h("span", { class: `badge-state ${colour}` }, icon(picture), text);
}

export function act(label, picture, onclick, kind = "") {
  return h("button", { type: "button", class: `act ${kind}`, onclick }, picture ? icon(picture) : "", label);
}

// Secure pages have this built in; on a plain http address the same is made by hand.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
