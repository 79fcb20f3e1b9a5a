/**
 * Seconds from one moment to another, both in RFC 3339 and UTC as Kubernetes writes them; fractions do not count. Undefined where
 * one of them is no such text.
 */
export function secondsBetween(from: string, to: string): number | undefined {
  const [start, end] = [secondsOf(from), secondsOf(to)];
  return start === undefined || end === undefined ? undefined : end - start;
}

const moment = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z$/;

/** Seconds since a day long gone. */
function secondsOf(text: string): number | undefined {
  const fields = moment.exec(text)?.slice(1).map(Number);
  if (!fields) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = fields;
  return ((daysBefore(year, month) + day) * 24 + hours) * 3_600 + minutes * 60 + seconds;
}

/** Days from the first day of year 0 to that of a month, in the Gregorian calendar. Years begin in March here, so that a leap day is their last. */
function daysBefore(year: number, month: number): number {
  const march = (month + 9) % 12;
  const years = month < 3 ? year - 1 : year;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + Math.floor((march * 306 + 5) / 10);
}
