import { z } from 'zod';
import { nearest } from '../domain/text/nearest.ts';

/** The checked value, or every mistake with its key and fix. */
export type Checked<T> = { readonly good: T } | { readonly mistakes: readonly string[] };

/** Checks the content of a file. Messages of the schema itself are kept; all other mistakes get a sentence from here. */
export function checked<T>(schema: z.ZodType<T>, raw: unknown): Checked<T> {
  const parsed = schema.safeParse(raw, { error: (issue) => sentence(issue, schema) });
  if (parsed.success) return { good: parsed.data };
  return { mistakes: parsed.error.issues.flatMap((issue) => mistakesIn(issue, schema)) };
}

/** A hint with the most similar known word, or with all known words. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === null ? ` Known: ${known.join(', ')}.` : ` Did you mean “${meant}”?`;
}

function mistakesIn(issue: z.core.$ZodIssue, schema: z.ZodType): readonly string[] {
  const place = issue.path.map(String).join('.') || 'the whole file';
  if (issue.code !== 'unrecognized_keys') return [`${place}: ${ended(issue.message)}`];
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => `${place}: unknown key “${key}”.${didYouMean(key, known)}`);
}

const ended = (message: string): string => (/[.?]$/.test(message) ? message : `${message}.`);

/** Never contains a value, which may be a secret. */
function sentence(issue: z.core.$ZodRawIssue, schema: z.ZodType): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input, () => keysAt(schema, issue.path ?? []));
    case 'invalid_value':
      return `${absent(issue.input)}write ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'empty; write text' : atLeast(Number(issue.minimum), issue.inclusive);
    case 'too_big':
      return `write at most ${issue.maximum}${issue.origin === 'string' ? ' letters' : ''}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'write a whole address, such as https://example.com/' : undefined;
    default:
      return undefined;
  }
}

const atLeast = (least: number, inclusive = true): string =>
  inclusive ? `write at least ${least}` : `write more than ${least}`;

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with their values',
  record: 'keys with their values',
};

function wrongType(expected: string, input: unknown, keys: () => readonly string[]): string {
  const what = expected === 'object' ? `its keys (${keys().join(', ')})` : (EXPECTED[expected] ?? expected);
  const missing = absent(input);
  const is = kindOf(input);
  if (missing !== '') return `${missing}write ${what}`;
  if (expected === 'string' && SCALARS.has(is)) return `write it in quotes: text is required, not ${is}`;
  return expected === 'int' || what === is ? `write ${what}` : `write ${what}, not ${is}`;
}

function absent(input: unknown): string {
  if (input === undefined) return 'missing; ';
  return input === null ? 'empty; ' : '';
}

const SCALARS: ReadonlySet<string> = new Set(['a number', 'true or false', 'a date']);

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (input instanceof Date) return 'a date';
  return EXPECTED[typeof input] ?? typeof input;
}

const Shape = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
});

/** Cached for the tests, which read ten thousand files; a schema never changes. */
const shapes = new WeakMap<z.ZodType, unknown>();

function shapeOf(schema: z.ZodType): unknown {
  const shape = shapes.get(schema) ?? z.toJSONSchema(schema, { io: 'input' });
  shapes.set(schema, shape);
  return shape;
}

/** The keys allowed at this place, without former keys whose schema only names the new place. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here = shapeOf(schema);
  for (const part of path) {
    const { properties, items, additionalProperties } = Shape.parse(here);
    here = typeof part === 'number' ? items : (properties?.[String(part)] ?? additionalProperties);
  }
  const { properties = {} } = Shape.parse(here);
  return Object.keys(properties).filter((key) => !('not' in z.looseObject({}).parse(properties[key])));
}
