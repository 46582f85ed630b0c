/** A value that JSON can carry: what functions, states and pillars return. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Tells an object from the other shapes a minion's answer may have. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Writes JSON as Python's json.dumps does: four spaces by default, and with a negative indent one line that keeps the
 * space behind each comma and colon.
 */
export function dumps(value: Json, indent: number | null): string {
  return indent !== null && indent < 0 ? oneLine(value) : JSON.stringify(value, null, indent ?? 4);
}

function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${oneLine(inner)}`);
    return `{${entries.join(', ')}}`;
  }
  return JSON.stringify(value);
}
