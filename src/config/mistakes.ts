import { z } from 'zod';
import { nearest } from '../domain/text/nearest.ts';

/** What was checked, or every mistake in it, each with its key and how to mend it. */
export type Checked<T> = { readonly good: T } | { readonly mistakes: readonly string[] };

/** Checks what stands in a file. What the schema itself says of a mistake stays; for all others there is a sentence here. */
export function checked<T>(schema: z.ZodType<T>, raw: unknown): Checked<T> {
  const parsed = schema.safeParse(raw, { error: (issue) => sentence(issue, schema) });
  if (parsed.success) return { good: parsed.data };
  return { mistakes: parsed.error.issues.flatMap((issue) => told(issue, schema)) };
}

/** The known word that was probably meant, or all of them. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === null ? ` Known: ${known.join(', ')}.` : ` Did you mean “${meant}”?`;
}

function told(issue: z.core.$ZodIssue, schema: z.ZodType): readonly string[] {
  const place = issue.path.map(String).join('.') || 'the whole file';
  if (issue.code !== 'unrecognized_keys') return [`${place}: ${ended(issue.message)}`];
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => `${place}: there is no key “${key}” here.${didYouMean(key, known)}`);
}

const ended = (message: string): string => (/[.?]$/.test(message) ? message : `${message}.`);

/** Values are never told: one of them may be a secret. */
function sentence(issue: z.core.$ZodRawIssue, schema: z.ZodType): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input, () => keysAt(schema, issue.path ?? []));
    case 'invalid_value':
      return `${absent(issue.input)}write ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'it is empty: write text' : atLeast(Number(issue.minimum), issue.inclusive);
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
  if (expected === 'string' && SCALARS.has(is)) return `write it in quotes: it has to be text, not ${is}`;
  return expected === 'int' || what === is ? `write ${what}` : `write ${what}, not ${is}`;
}

function absent(input: unknown): string {
  if (input === undefined) return 'it is missing: ';
  return input === null ? 'it is empty: ' : '';
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

/** Files are read seldom but for tests, which read ten thousand; a schema never changes. */
const shapes = new WeakMap<z.ZodType, unknown>();

function shapeOf(schema: z.ZodType): unknown {
  const shape = shapes.get(schema) ?? z.toJSONSchema(schema, { io: 'input' });
  shapes.set(schema, shape);
  return shape;
}

/** The keys that may stand at this place; without those of which the schema only says where they are now. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here = shapeOf(schema);
  for (const part of path) {
    const { properties, items, additionalProperties } = Shape.parse(here);
    here = typeof part === 'number' ? items : (properties?.[String(part)] ?? additionalProperties);
  }
  const { properties = {} } = Shape.parse(here);
  return Object.keys(properties).filter((key) => !('not' in z.looseObject({}).parse(properties[key])));
}
