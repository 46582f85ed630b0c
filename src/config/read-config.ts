import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';
import { textOfSmallFile } from './small-file.ts';

/** Where configuration comes from besides the file; passed in, never taken. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration that cannot be used: every mistake at once, each with its way out. */
export class WrongConfig extends Error {
  override readonly name = 'WrongConfig';
  readonly mistakes: readonly string[];

  constructor(source: string, mistakes: readonly string[]) {
    super([`The configuration ${source} cannot be used:`, ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'));
    this.mistakes = mistakes;
  }
}

/** Reads a YAML file, lets environment variables override single keys, and checks all of it. Throws WrongConfig. */
export function readConfig<T>(
  path: string,
  schema: z.ZodType<T>,
  overrides: Readonly<Record<string, string>>,
  env: Environment,
): T {
  const raw = withOverrides(readYaml(path), overrides, env);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new WrongConfig(
    path,
    parsed.error.issues.map(({ path: key, message }) => `${key.join('.') || 'the whole file'}: ${message}`),
  );
}

/** Nobody writes that many by hand; without a limit a small file can stand for a huge one. */
const ALIAS_LIMIT = 100;

/** What a YAML file holds. Throws WrongConfig. */
export function readYaml(path: string, example = 'the example in examples/'): unknown {
  try {
    return load(textOfSmallFile(path), { maxAliases: ALIAS_LIMIT });
  } catch (error) {
    throw new WrongConfig(path, [
      `it cannot be read as YAML (${error instanceof Error ? error.message.split('\n')[0] : 'unknown reason'}). Start from ${example}.`,
    ]);
  }
}

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

/** A secret from `NAME`, or from the file that `NAME_FILE` names (systemd credentials, container secrets); undefined when neither is set. */
export function secret(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name] !== undefined) return env[name];
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new WrongConfig('environment', [`${name}_FILE names ${file}, which cannot be read.`]);
  }
}

/** A secret that must be there. */
export function neededSecret(name: string, env: Environment): string {
  const value = secret(name, env);
  if (value !== undefined && value !== '') return value;
  throw new WrongConfig('environment', [
    `${name} is missing: set it, or ${name}_FILE with the path of a file that holds it.`,
  ]);
}
