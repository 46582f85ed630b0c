import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';
import { howToLetRead } from '../domain/answers/file-rights.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { EXPANDED_LIMIT, isExpandedTooLarge } from '../domain/text/expanded-size.ts';
import { checked } from './mistakes.ts';
import { textOfSmallFile } from './small-file.ts';

/** Environment variables; always passed in, never read from the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An invalid configuration, with every mistake and its fix. */
export class WrongConfig extends Error {
  override readonly name = 'WrongConfig';
  readonly mistakes: readonly string[];

  readonly #source: string;
  readonly #own: readonly string[];
  readonly #others: readonly WrongConfig[];

  constructor(source: string, mistakes: readonly string[], others: readonly WrongConfig[] = []) {
    const lines = [`Invalid configuration ${source}:`, ...mistakes.map((mistake) => `  - ${mistake}`)];
    super([...lines, ...others.map(({ message }) => message)].join('\n'));
    this.#source = source;
    this.#own = mistakes;
    this.#others = others;
    this.mistakes = [...mistakes, ...others.flatMap((one) => one.mistakes)];
  }

  /** The same, with the mistakes of other sources below. */
  with(others: readonly WrongConfig[]): WrongConfig {
    return others.length === 0 ? this : new WrongConfig(this.#source, this.#own, [...this.#others, ...others]);
  }
}

/** The mistakes of several readings, so that people see all of them at once. */
export class Mistakes {
  readonly #found: WrongConfig[] = [];

  /** What `read` returns; undefined, with its mistakes kept, if that is wrong. */
  of<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof WrongConfig)) throw error;
      this.#found.push(error);
      return undefined;
    }
  }

  /** Null without a mistake. */
  all(): WrongConfig | null {
    const [first, ...others] = this.#found;
    return first === undefined ? null : first.with(others);
  }
}

/** Reads a YAML file, applies overrides from the environment, and checks the result. Throws WrongConfig. */
export function readConfig<T>(
  path: string,
  schema: z.ZodType<T>,
  overrides: Readonly<Record<string, string>>,
  env: Environment,
): T {
  return parsedAs(schema, withOverrides(readYaml(path), overrides, env), path);
}

/** The content of a file, checked by its schema. Throws WrongConfig with every mistake. */
export function parsedAs<T>(schema: z.ZodType<T>, raw: unknown, path: string): T {
  const result = checked(schema, raw);
  if ('mistakes' in result) throw new WrongConfig(path, result.mistakes);
  return result.good;
}

/** The content of a YAML file. Aliases are free, but not a small file that expands to a huge one. Throws WrongConfig. */
export function readYaml(path: string, example = 'the example in examples/'): unknown {
  const content = parsedYaml(textAt(path, example), path, example);
  if (isExpandedTooLarge(content))
    throw new WrongConfig(path, [
      `too large: with its aliases (*name) written out, it has more than ${EXPANDED_LIMIT} characters. Use fewer aliases inside of each other.`,
    ]);
  return content;
}

function parsedYaml(text: string, path: string, example: string): unknown {
  try {
    return load(text);
  } catch (error) {
    throw new WrongConfig(path, [`not valid YAML (${firstLineOf(error)}). Start from ${example}.`]);
  }
}

function textAt(path: string, example: string): string {
  try {
    return textOfSmallFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new WrongConfig(path, [`no such file. Check the path, or start from ${example}.`]);
    const next =
      howToLetRead(path, error, { uid: process.getuid?.() ?? null, isSecret: false }) ??
      'Check the path, file type and permissions.';
    throw new WrongConfig(path, [`cannot be read (${firstLineOf(error)}). ${next}`]);
  }
}

const firstLineOf = (error: unknown): string =>
  (error instanceof Error ? error.message.split('\n')[0] : undefined) ?? 'unknown reason';

const Tree = z.record(z.string(), z.unknown());

function withOverrides(raw: unknown, overrides: Readonly<Record<string, string>>, env: Environment): unknown {
  const top = Tree.safeParse(raw ?? {});
  if (!top.success) return raw;
  let tree = top.data;
  for (const [variable, path] of Object.entries(overrides)) {
    const value = env[variable];
    if (value !== undefined) tree = withValue(tree, path.split('.'), value);
  }
  return tree;
}

function withValue(
  tree: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: string,
): Record<string, unknown> {
  if (key === undefined) return { ...tree };
  if (rest.length === 0) return { ...tree, [key]: value };
  const branch = Tree.safeParse(tree[key]);
  return { ...tree, [key]: withValue(branch.success ? branch.data : {}, rest, value) };
}

/** The source of mistakes in secrets. */
export const ENVIRONMENT = 'from the environment';

/** A secret from `NAME`, or from the file in `NAME_FILE` (systemd credentials, container secrets), without white space around it; undefined when unset. */
export function secret(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`];
  // A Secret of Kubernetes that was made with `echo` ends with a line break.
  if (env[name] !== undefined) return env[name].trim();
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const next =
      howToLetRead(file, error, { uid: process.getuid?.() ?? null, isSecret: true }) ??
      'Name a file that is there, with the secret in it.';
    throw new WrongConfig(ENVIRONMENT, [`${name}_FILE names ${file}, which cannot be read${codeIn(error)}. ${next}`]);
  }
}

const codeIn = (error: unknown): string => (codeOf(error) === '' ? '' : ` (${codeOf(error)})`);

/** A required secret, which is one word, such as a token. Throws WrongConfig. */
export function neededSecret(name: string, env: Environment): string {
  const value = secret(name, env);
  if (value !== undefined && /\s/.test(value))
    throw new WrongConfig(ENVIRONMENT, [
      `${name} has a space or a line break inside. Store the token alone, on one line.`,
    ]);
  if (value !== undefined && value !== '') return value;
  throw new WrongConfig(ENVIRONMENT, [`${name} is missing. Set it, or set ${name}_FILE to the path of its file.`]);
}
