import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../domain/text/error-code.ts';
import { type BotFileConfig, filesOfBot, OVERRIDES } from './bot-config.ts';
import { type Environment, readConfig, WrongConfig } from './read-config.ts';
import { textOfSmallFile } from './small-file.ts';

/** The files of a running bot, which may change. */
export interface FleetFiles {
  /** Reads them again, without secrets. Throws WrongConfig with every mistake. */
  read(): BotFileConfig;
  /** Another one after each change of a file's content, or of the list of files. Never throws: unreadable files have one, too. */
  digest(): string;
}

/** The configuration file at `path`, its policy file and its folder of clusters. */
export const fleetFiles = (path: string, env: Environment): FleetFiles => ({
  read: () => filesOfBot(path, env),
  digest: () => {
    const hash = createHash('sha256');
    for (const file of namedIn(path, env)) hash.update(`${file}\0${contentOf(file)}\0`);
    return hash.digest('hex');
  },
});

const Places = z.looseObject({
  policyFile: z.string().default('policy.yaml').catch(''),
  clustersDir: z.string().optional().catch(undefined),
});

function namedIn(path: string, env: Environment): readonly string[] {
  const beside = (name: string) => resolve(dirname(path), name);
  try {
    const { policyFile, clustersDir } = readConfig(path, Places, OVERRIDES, env);
    const folder = clustersDir === undefined ? [] : yamlIn(beside(clustersDir));
    return [path, beside(policyFile), ...folder];
  } catch (error) {
    if (error instanceof WrongConfig) return [path];
    throw error;
  }
}

function yamlIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    return names.toSorted().map((name) => join(folder, name));
  } catch (error) {
    return [`${folder}: ${codeOf(error)}`];
  }
}

function contentOf(file: string): string {
  try {
    return textOfSmallFile(file);
  } catch (error) {
    return `unreadable: ${codeOf(error)}`;
  }
}

/** Top-level keys of the files whose values differ, without those that count at once. Secrets are not in the files. */
export function restartKeys(before: BotFileConfig, after: BotFileConfig): readonly string[] {
  const atOnce = new Set(['clusters', 'clustersDir', 'policies', 'policyFile']);
  const values = new Map(Object.entries(before));
  return Object.entries(after)
    .filter(([key, value]) => !atOnce.has(key) && JSON.stringify(value) !== JSON.stringify(values.get(key)))
    .map(([key]) => key);
}
