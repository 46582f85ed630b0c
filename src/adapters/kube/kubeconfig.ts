import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { load } from 'js-yaml';
import { z } from 'zod';
import { Unreachable } from '../../domain/answers/failure.ts';
import { codeOf } from '../../domain/text/error-code.ts';

/** The place that failures of the API name. */
export const API = 'the Kubernetes API';

/** The client package reads `token-file` instead of kubectl's `tokenFile`. */
const tokenFiles = z.object({
  users: z.array(z.object({ name: z.string(), user: z.object({ tokenFile: z.string().optional() }).nullish() })),
});

/** Loads a kubeconfig with the credentials of its current context, as kubectl does. Throws Unreachable with the part that is missing. */
export async function loadKubeconfig(config: KubeConfig, path: string): Promise<void> {
  const text = await textOf(path, `The kubeconfig ${path}`);
  const folder = dirname(path);
  try {
    config.loadFromString(text);
    config.makePathsAbsolute(folder);
  } catch (error) {
    // After its first line, a YAML error quotes the file with its tokens and keys.
    const cause = new Error(error instanceof Error ? error.message.split('\n')[0] : 'unknown reason');
    throw wrong(`The kubeconfig ${path} cannot be read.`, cause);
  }
  const user = userOf(config, path);
  const tokenFile = tokenFileOf(text, user.name);
  if (tokenFile !== undefined) {
    const file = resolve(folder, tokenFile);
    const token = (await textOf(file, `The token file ${file}, which the kubeconfig ${path} names,`)).trim();
    config.users = config.users.map((one) => (one.name === user.name ? { ...one, token } : one));
  }
  for (const file of [user.certFile, user.keyFile, config.getCurrentCluster()?.caFile])
    if (file) await textOf(file, `The file ${file}, which the kubeconfig ${path} names,`);
}

function userOf(config: KubeConfig, path: string): User {
  const name = config.getCurrentContext();
  const context = config.getContextObject(name);
  if (context === null) throw wrong(`The kubeconfig ${path} has no context “${name}”, its current context.`);
  const user = config.getCurrentUser();
  if (user === null) {
    const named = !context.user ? 'names no user' : `names the user “${context.user}”, who is not in the file`;
    throw wrong(`The context “${name}” of the kubeconfig ${path} ${named}.`);
  }
  // Such a program has no time limit here, and would run as root.
  if (user.exec || user.authProvider) {
    const how = user.exec ? 'a program (exec)' : 'an auth-provider';
    throw wrong(
      `The user “${user.name}” of the kubeconfig ${path} gets credentials from ${how}, which the worker does not use. Give it a client certificate, a token or a tokenFile.`,
    );
  }
  return user;
}

function tokenFileOf(text: string, user: string): string | undefined {
  const read = tokenFiles.safeParse(load(text));
  return read.data?.users.find(({ name }) => name === user)?.user?.tokenFile;
}

async function textOf(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(cause)})`;
    throw wrong(`${what} ${why}.`, cause);
  }
}

const wrong = (says: string, cause?: unknown): Unreachable => new Unreachable(API, 'kubernetes', says, { cause });
