// Reads a moment as `duty/forms/moments.py` does: 2226, 22:26, 11-22 22:26, or in full. Both follow these rules.
import { now } from "./countdown.js";

const TIME = "(?<hour>\\d{1,2})[:：.]?(?<minute>\\d{2})(?:[:：]\\d{2}(?:\\.\\d+)?)?";
const DATE = "(?:(?<year>\\d{4})[-/.年])?(?<month>\\d{1,2})[-/.月](?<day>\\d{1,2})日?";
const MOMENT = new RegExp(`^(?:${DATE}[T\\s]+)?${TIME}$`);
const WIDE = /[０-９]/g;

function isDay(year, month, day) {
  const read = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year < 2200 && read.getUTCMonth() === month - 1 && read.getUTCDate() === day;
}

// The minute of the day that is meant, or null for what cannot be read.
export function minuteOf(text) {
  const narrow = text.trim().replace(WIDE, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
  const found = narrow.match(MOMENT)?.groups;
  if (!found) return null;
  const year = Number(found.year ?? new Date(now()).getUTCFullYear());
  if (found.month && !isDay(year, Number(found.month), Number(found.day))) return null;
  const hour = Number(found.hour), minute = Number(found.minute);
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

export function clock(minute) {
  const ofDay = ((minute % 1440) + 1440) % 1440, two = (n) => String(n).padStart(2, "0");
  return `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`;
}
