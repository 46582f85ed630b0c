import { load } from 'js-yaml';
import type { Json } from '../json.ts';

/** A function's arguments as Salt parses them: `name=value` are keyword arguments, values are YAML. */
export interface FunArgs {
  readonly args: readonly string[];
  readonly kwargs: Readonly<Record<string, Json>>;
}

/** Parses the words after the function's name. */
export function parseFunArgs(words: readonly string[]): FunArgs {
  const isKeyword = (word: string) => /^[A-Za-z_]\w*=/.test(word);
  const kwargs = words.filter(isKeyword).map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, at), yamlValue(word.slice(at + 1))] as const;
  });
  const args = words.filter((word) => !isKeyword(word)).map(yamlified);
  return { args, kwargs: Object.fromEntries(kwargs) };
}

/**
 * salt.utils.args.yamlify_arg: each word is read as YAML, which folds the lines of a plain text and takes `key: value` for a mapping.
 * With a `#` in it, a text stays as it is. Newer versions leave any text with a line break alone; this is the older, stricter one.
 */
function yamlified(word: string): string {
  if (word.trim() === '' || /^\d+$/.test(word)) return word;
  const parsed = yamlOrNothing(word);
  if (parsed === undefined || parsed === null) return word;
  if (word.includes('#')) return typeof parsed === 'string' ? word : JSON.stringify(parsed);
  if (typeof parsed === 'string') return parsed;
  return word;
}

function yamlOrNothing(word: string): unknown {
  try {
    return load(word);
  } catch {
    return undefined;
  }
}

/** The arguments in the format of the job cache: keywords in one marked object at the end. */
export function argsForCache({ args, kwargs }: FunArgs): readonly Json[] {
  return Object.keys(kwargs).length === 0 ? args : [...args, { __kwarg__: true, ...kwargs }];
}

function yamlValue(text: string): Json {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^-?\d+$/.test(text)) return Number(text);
  return /^[[{]/.test(text) ? structured(text) : text;
}

function structured(text: string): Json {
  try {
    const parsed: Json = JSON.parse(JSON.stringify(load(text)));
    return parsed;
  } catch {
    // Invalid YAML stays a string.
    return text;
  }
}
