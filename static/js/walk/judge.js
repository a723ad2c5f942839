// How an answer is judged and what is missing: the rules of equipment/judging.py and completeness.py, which decide.
export const NORMAL = 0, OUT_OF_RANGE = 1, ABNORMAL = 2, NOT_CHECKED = 3;

// The number that was typed, however it was typed; null for none.
export function readNumber(text) {
  const typed = text.normalize("NFKC").replace(/\s/g, "").replace("−", "-").replace("。", ".");
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+$/.test(typed)) return null; // 1,000: a thousand here, one there
  const plain = typed.replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) && Math.abs(Number(plain)) < 1e9 ? Math.round(Number(plain) * 1000) / 1000 : null;
}

const beyond = (value, low, high) => (low !== null && value < Number(low)) || (high !== null && value > Number(high));

export const possible = (value, item) => !beyond(value, item.least, item.most);

export function judge(item, answer) {
  if (answer.not_checked) return NOT_CHECKED;
  if (item.kind === "state") return answer.value === "normal" ? NORMAL : ABNORMAL;
  if (item.kind === "choice") return item.bad_choices.includes(answer.value) ? ABNORMAL : NORMAL;
  if (item.kind !== "number") return NORMAL;
  const value = readNumber(answer.value);
  if (beyond(value, item.alarm_low, item.alarm_high)) return ABNORMAL;
  return beyond(value, item.normal_low, item.normal_high) ? OUT_OF_RANGE : NORMAL;
}

// Whether it is asked at all, given the answer to the item that it follows upon.
export function isAsked(item, answers) {
  if (!item.after) return true;
  const above = answers.get(item.after);
  if (!above || above.judged === NOT_CHECKED) return false;
  const bad = above.judged === ABNORMAL || above.judged === OUT_OF_RANGE;
  return item.when === "abnormal" ? bad : item.when === "normal" ? !bad : true;
}

// What is missing, as a word of `walk_words.py`; empty for nothing.
export function lacking(item, answer, photos) {
  if (!answer) return item.required ? "unanswered" : "";
  if (answer.judged === NOT_CHECKED) return answer.note ? "" : "note_why";
  const bad = answer.judged === ABNORMAL;
  if (bad && item.note_if_abnormal && !answer.note) return "note_missing";
  const wants = item.photo_always || item.kind === "photo" || item.kind === "signature" || (bad && item.photo_if_abnormal);
  return wants && !photos ? "photo_missing" : "";
}
