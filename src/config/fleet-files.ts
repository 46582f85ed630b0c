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
export function fleetFiles(path: string, env: Environment): FleetFiles {
  let last: { readonly text: string; readonly files: Named } | null = null;
  return {
    read: () => filesOfBot(path, env),
    digest: () => {
      const text = contentOf(path);
      // To parse a thousand clusters costs more than all else that an idle bot does.
      if (text !== last?.text) last = { text, files: namedIn(path, env) };
      const hash = createHash('sha256').update(text);
      for (const file of [last.files.policy, ...yamlIn(last.files.folder)]) {
        if (file !== null) hash.update(`\0${file}\0${contentOf(file)}`);
      }
      return hash.digest('hex');
    },
  };
}

const Places = z.looseObject({
  policyFile: z.string().default('policy.yaml').catch(''),
  clustersDir: z.string().optional().catch(undefined),
});

/** What the configuration names; nothing while it cannot be read. */
interface Named {
  readonly policy: string | null;
  readonly folder: string | null;
}

function namedIn(path: string, env: Environment): Named {
  const beside = (name: string) => resolve(dirname(path), name);
  try {
    const { policyFile, clustersDir } = readConfig(path, Places, OVERRIDES, env);
    return { policy: beside(policyFile), folder: clustersDir === undefined ? null : beside(clustersDir) };
  } catch (error) {
    if (error instanceof WrongConfig) return { policy: null, folder: null };
    throw error;
  }
}

function yamlIn(folder: string | null): readonly string[] {
  if (folder === null) return [];
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
