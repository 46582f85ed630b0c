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
  return { args: words.filter((word) => !isKeyword(word)), kwargs: Object.fromEntries(kwargs) };
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
