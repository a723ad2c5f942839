// Words in the page's language, rendered by the server; %(n)s and %(t)s are filled in here.
const words = document.getElementById("words")?.dataset ?? {};

export function say(name, values = {}) {
  return (words[name] ?? "").replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}
