/** `1.8 GB`, in decimal units. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `under 1 s`, `42 s`, `3 min 20 s`, `1 h 5 min`. */
export function secondsInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole === 0 && seconds > 0) return 'under 1 s';
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `1 node`, `2 nodes`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `2026-11-22 07:05 UTC`. */
export const utc = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** Characters for a list of names in a sentence, heading or dialog. */
const NAMES_ROOM = 100;

/** `node-2, node-3 and 18 more`: at most four names, fewer when they are long. */
export function firstFew(names: readonly string[], most = 4): string {
  const tooLong = names.slice(0, most).join(', ').length > NAMES_ROOM;
  if (tooLong && most > 1 && names.length > 1) return firstFew(names, Math.min(most, names.length) - 1);
  if (names.length <= most) return listed(names);
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
