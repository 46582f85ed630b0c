import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { ApiServer, objectsOf } from '../../fixtures/api-server.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const { signal } = new AbortController();
let server: ApiServer;
let folder: string;

beforeAll(async () => {
  server = await ApiServer.start(objectsOf(CLUSTER));
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterAll(async () => {
  await server?.close();
  await removeFolder(folder);
});

interface Written {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user?: string } }[];
  users: { name: string; user: Record<string, unknown> }[];
  clusters: { name: string; cluster: Record<string, unknown> }[];
}

/** The cluster, or the sentence of the failure, with a changed copy of the server's kubeconfig. */
async function answerWith(change: (config: Written) => void): Promise<string> {
  const config: Written = JSON.parse(await readFile(server.kubeconfigPath, 'utf8'));
  change(config);
  const path = join(folder, 'admin.conf');
  await writeFile(path, JSON.stringify(config));
  try {
    return `${(await kubernetes({ kubeconfigPath: path }).look(signal)).nodes.length} nodes`;
  } catch (error) {
    if (error instanceof Unreachable) return error.says.replaceAll(folder, 'FOLDER');
    throw error;
  }
}

const setUser =
  (user: Record<string, unknown>) =>
  (config: Written): void => {
    config.users = [{ name: 'u', user }];
  };

async function tokenOf(): Promise<string> {
  const { users }: Written = JSON.parse(await readFile(server.kubeconfigPath, 'utf8'));
  return String(users[0]?.user['token']);
}

describe('a kubeconfig', () => {
  it('may name a file with the token, by an absolute path or one relative to it, as kubectl reads it', async () => {
    await writeFile(join(folder, 'token'), `${await tokenOf()}\n`);
    const nodes = `${CLUSTER.nodes.length} nodes`;
    expect(await answerWith(setUser({ tokenFile: join(folder, 'token') }))).toBe(nodes);
    expect(await answerWith(setUser({ tokenFile: 'token', token: 'an-older-one' }))).toBe(nodes);
  });

  it('may name its certificates relative to it', async () => {
    const nodes = `${CLUSTER.nodes.length} nodes`;
    const relative = async (config: Written) => {
      for (const { cluster } of config.clusters) {
        await writeFile(join(folder, 'ca.crt'), Buffer.from(String(cluster['certificate-authority-data']), 'base64'));
        delete cluster['certificate-authority-data'];
        cluster['certificate-authority'] = 'ca.crt';
      }
    };
    const config: Written = JSON.parse(await readFile(server.kubeconfigPath, 'utf8'));
    await relative(config);
    expect(await answerWith((written) => Object.assign(written, config))).toBe(nodes);
  });

  it.each([
    [
      'a token file that is missing',
      setUser({ tokenFile: 'gone' }),
      'The token file FOLDER/gone, which the kubeconfig FOLDER/admin.conf names, does not exist.',
    ],
    [
      'a certificate that is missing',
      setUser({ 'client-certificate': 'gone.crt', 'client-key': 'gone.key' }),
      'The file FOLDER/gone.crt, which the kubeconfig FOLDER/admin.conf names, does not exist.',
    ],
    [
      'a program for credentials',
      setUser({ exec: { command: 'aws', apiVersion: 'client.authentication.k8s.io/v1' } }),
      /^The user “u” .* a program \(exec\), which the worker does not use\. Give it/,
    ],
    ['an auth-provider', setUser({ 'auth-provider': { name: 'oidc' } }), /gets credentials from an auth-provider/],
    [
      'a context without a user',
      (config: Written): void => {
        delete config.contexts[0]?.context.user;
      },
      /^The context “x” of the kubeconfig FOLDER\/admin.conf names no user\.$/,
    ],
    [
      'a user who is not in it',
      (config: Written): void => {
        config.users = [];
      },
      /names the user “u”, who is not in the file\.$/,
    ],
    [
      'a current context that is not in it',
      (config: Written): void => {
        config['current-context'] = 'y';
      },
      /^The kubeconfig FOLDER\/admin.conf has no context “y”/,
    ],
  ] as const)('is refused in a true sentence with %s', async (_with, change, says) => {
    expect(await answerWith(change)).toMatch(says);
  });
});
