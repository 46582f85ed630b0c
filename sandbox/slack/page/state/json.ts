/** A JSON object whose fields have not been looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object (not a list, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else in it becomes an object of a type nobody knows, so that it is seen. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown) => (isObject(one) ? one : { type: `a bare ${typeof one}` }));
}

/** The text, or nothing if the value is not a text. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number, or zero if the value is not a number. */
export function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The type a block, element or object names. */
export function typeOf(value: JsonObject): string {
  return typeof value.type === 'string' ? value.type : '';
}
