/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code unit, no spaces. Throws a TypeError for undefined, numbers that are not
 * finite, symbols, functions, bigints, class instances and lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (isPlain(value)) return canonicalObject(value);
  throw new TypeError(`There is no canonical JSON for ${typeof value === 'number' ? value : typeof value}.`);
}

function canonicalText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('There is no canonical JSON for text with a lone surrogate.');
  return JSON.stringify(text);
}

function canonicalObject(value: object): string {
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${canonicalText(key)}:${canonicalJson(member)}`).join(',')}}`;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
