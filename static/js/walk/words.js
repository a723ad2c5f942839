// What the walking page says, written by the server in the page's language.
const words = JSON.parse(document.getElementById("walk-words")?.textContent ?? "{}");

export function say(name, values = {}) {
  return (words[name] ?? name).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

// 3 answers, 1 photo
export function waitingInWords(entries) {
  const count = (kind) => entries.filter((entry) => entry.kind === kind).length;
  const answers = count("answer"), photos = count("shot"), visits = count("visit"), parts = [];
  if (answers) parts.push(answers === 1 ? say("answer") : say("answers", { n: answers }));
  if (photos) parts.push(photos === 1 ? say("photo_one") : say("photos", { n: photos }));
  if (visits && !answers && !photos) parts.push(say("arrivals", { n: visits }));
  if (count("done")) parts.push(say("the_end"));
  if (!parts.length && count("begin")) parts.push(say("the_begin"));
  return parts.join(say("and"));
}
