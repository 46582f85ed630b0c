import type { z } from 'zod';

/** A block error and its place, as in Slack's `response_metadata.messages`. */
export interface BlockIssue {
  readonly pointer: string;
  readonly says: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Converts a schema issue to Slack's wording. `base` is the pointer of the checked value. */
export function blockIssue(issue: Issue, root: unknown, base: string): readonly BlockIssue[] {
  const at = (path: Path): string => [base, ...path.map(String)].join('/');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: at(issue.path), says: `invalid additional property: ${key}` }));
  }
  if (issue.code !== 'custom' && issue.path.length > 0 && valueAt(root, issue.path) === undefined) {
    return [{ pointer: at(issue.path.slice(0, -1)), says: `missing required field: ${String(issue.path.at(-1))}` }];
  }
  return [{ pointer: at(issue.path), says: wordsFor(issue, valueAt(root, issue.path)) }];
}

function wordsFor(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum));
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum));
    case 'invalid_union':
      return `unsupported type: ${String(value)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return `must provide a value of type ${issue.expected}`;
    default:
      return issue.message;
  }
}

function tooBig(origin: string, maximum: number): string {
  if (origin === 'string') return `must be less than ${maximum + 1} characters`;
  return origin === 'array' ? `no more than ${maximum} items allowed` : `must be no more than ${maximum}`;
}

function tooSmall(origin: string, minimum: number): string {
  if (origin === 'string') return `must be more than ${minimum - 1} characters`;
  return origin === 'array' ? `no less than ${minimum} items allowed` : `must be no less than ${minimum}`;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
