/** Names that a careless program would confuse with built-in properties. */
export const DANGEROUS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'then',
  'hasOwnProperty',
  'length',
  'size',
  '0',
] as const;

/** JSON of values that cannot be printed, compared or measured like strings, numbers or lists. */
export const ILL_BEHAVED = [
  '{"toString":null}',
  '{"toString":null,"valueOf":null}',
  '{"toString":{},"valueOf":1,"toJSON":1,"then":1,"constructor":{"name":{"toString":null}}}',
  '{"constructor":null,"hasOwnProperty":null}',
  '{"length":{"toString":null}}',
  '{"length":{"toString":null,"valueOf":null},"size":{"toString":null}}',
  '{"length":-1,"0":{"toString":null}}',
  '{"length":9007199254740993,"size":1e999}',
  '{"__proto__":{"toString":null,"length":{"toString":null}}}',
  '[{"toString":null}]',
  '[{"length":{"toString":null}}]',
] as const;

/** A placeholder for the inserted value. */
const MARK = '@ill-behaved@';

/** JSON texts of the valid value with one ill-behaved value: at each place, and in each object under each dangerous name. */
export function* spoiltEverywhere(good: unknown): Generator<string> {
  for (const place of placesOf(good)) {
    const replaced = JSON.stringify(changedAt(good, place, () => MARK));
    for (const ill of ILL_BEHAVED) yield replaced.replace(JSON.stringify(MARK), () => ill);
    if (!isObject(valueAt(good, place))) continue;
    const joined = JSON.stringify(changedAt(good, place, (object) => ({ ...Object(object), [MARK]: 1 })));
    for (const name of DANGEROUS) {
      for (const ill of ['null', '{"toString":null}', '{"length":{"toString":null}}'])
        yield joined.replace(`"${MARK}":1`, () => `"${name}":${ill}`);
    }
  }
}

type Place = readonly string[];

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Each value within the value, itself first; of a list only the first members, as the others are read the same way. */
function placesOf(value: unknown, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const members = Object.entries(value).slice(0, Array.isArray(value) ? 2 : undefined);
  return [at, ...members.flatMap(([key, member]) => placesOf(member, [...at, key]))];
}

function valueAt(value: unknown, [key, ...rest]: Place): unknown {
  return key === undefined ? value : valueAt(Object.getOwnPropertyDescriptor(value, key)?.value, rest);
}

function changedAt(value: unknown, [key, ...rest]: Place, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((one, n) => (String(n) === key ? changedAt(one, rest, change) : one));
  return Object.fromEntries(
    Object.entries(Object(value)).map(([name, one]) => [name, name === key ? changedAt(one, rest, change) : one]),
  );
}
