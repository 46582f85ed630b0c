/** A JSON object with unchecked fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object (not a list, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; any other item becomes an object of an unknown type, so that it is visible on the page. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) => (isObject(one) ? one : { type: `a bare ${typeof one}` }));
}

/** The string, or an empty one if the value is not a string. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number, or zero if the value is not a number. */
export function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The `type` of a block, element or object. */
export function typeOf(value: JsonObject): string {
  return typeof value.type === 'string' ? value.type : '';
}
