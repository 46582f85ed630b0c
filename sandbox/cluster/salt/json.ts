/** A JSON value: what functions, states and pillars return. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a key; an empty one if there is none. */
export function child(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** Writes JSON as Python's json.dumps: four spaces by default; with a negative indent one line, with a space after each comma and colon. */
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
