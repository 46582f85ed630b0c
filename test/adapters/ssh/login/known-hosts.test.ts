import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultOf, readKnownHosts } from '../../../../src/adapters/ssh/login/host-keys.ts';
import {
  addKnownKey,
  findKnownKeys,
  fingerprintOf,
  formatKnownHosts,
  hostNameOf,
  parseKnownHosts,
  standingOf,
} from '../../../../src/adapters/ssh/login/known-hosts.ts';
import { Unreachable } from '../../../../src/domain/answers/failure.ts';
import type { HostKey } from '../../../../src/domain/cluster/facts.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

const A = { algorithm: 'ssh-ed25519', key: 'AAAAC3NzaC1lZDI1NTE5AAAAIA' };
const B = { algorithm: 'ssh-ed25519', key: 'AAAAC3NzaC1lZDI1NTE5AAAAIB' };
const RSA = { algorithm: 'ssh-rsa', key: 'AAAAB3NzaC1yc2E' };
const node = { node: 'node-2', host: '10.0.0.3', port: 22 };
// Made by `ssh-keygen -H` from the name 10.0.0.3.
const HASHED = '|1|mxBUHXJVsjQEnNxiuokyjZRNgIY=|VG6J2kgDnehG7EpOJMFNIhCMzzk=';

const line = (names: string, { algorithm, key } = A) => `${names} ${algorithm} ${key}`;
const lineFor = (owner: string, names: string, key = A) => `${line(names, key)} registry-ha:${owner}`;

describe('the status of a host key', () => {
  it.each([
    ['nothing is written', '', 'unknown'],
    ['its name', line('10.0.0.3'), 'pinned'],
    ['its name among others, with a comment', `${line('node-2,10.0.0.3')} by hand`, 'pinned'],
    ['another key', line('10.0.0.3', B), 'changed'],
    ['another type of key', line('10.0.0.3', RSA), 'changed'],
    ['another and its own', `${line('10.0.0.3', B)}\n${line('10.0.0.3')}`, 'pinned'],
    ['another node', line('10.0.0.4'), 'unknown'],
    ['the same address at another port', line('[10.0.0.3]:2222'), 'unknown'],
    ['revoked', `${line('10.0.0.3')}\n@revoked ${line('10.0.0.3')}`, 'revoked'],
    ['another key revoked', `${line('10.0.0.3')}\n@revoked ${line('10.0.0.3', B)}`, 'pinned'],
    ['only another key revoked', `@revoked ${line('10.0.0.3', B)}`, 'unknown'],
    ['pinned for this node', lineFor('node-2', '10.0.0.3'), 'pinned'],
    ['pinned for another node at its address', lineFor('node-3', '10.0.0.3'), 'unknown'],
    [
      'pinned for this node and another',
      `${lineFor('node-3', '10.0.0.3', B)}\n${lineFor('node-2', '10.0.0.3')}`,
      'pinned',
    ],
    ['another key of this node', `${lineFor('node-2', '10.0.0.3', B)}\n${lineFor('node-3', '10.0.0.3')}`, 'changed'],
    ['revoked when it was another node’s', `@revoked ${lineFor('node-3', '10.0.0.3')}`, 'revoked'],
    ['with a comment that names a node by hand', `${line('10.0.0.3')} root@node-3`, 'pinned'],
    ['commented out', `# ${line('10.0.0.3')}`, 'unknown'],
  ])('%s', (_, text, is) => {
    expect(standingOf(parseKnownHosts(text), node, A).is).toBe(is);
  });

  it('names the pinned keys when the key has changed', () => {
    const lines = parseKnownHosts(`${line('10.0.0.3', B)}\n${line('10.0.0.3', RSA)}\n`);
    expect(standingOf(lines, node, A)).toMatchObject({ pinned: [B, RSA] });
    expect(findKnownKeys(lines, node)).toMatchObject([B, RSA]);
  });
});

describe('the file', () => {
  it('is written back unchanged', () => {
    const text = `# a comment\n\n${line('10.0.0.3')} note\nnonsense\n@revoked ${line('10.0.0.4', B)}\n`;
    expect(formatKnownHosts(parseKnownHosts(text))).toBe(text);
  });

  it('gets a key once, with the port when it is not 22', () => {
    const place = { node: 'node-2', host: 'Node-2', port: 2222 };
    const once = addKnownKey([], place, A);
    expect(formatKnownHosts(once)).toBe(`[node-2]:2222 ${A.algorithm} ${A.key} registry-ha:node-2\n`);
    expect(addKnownKey(once, place, A)).toBe(once);
    expect(hostNameOf(node)).toBe('10.0.0.3');
  });

  it('gives fingerprints without padding', () => {
    expect(fingerprintOf('AAAA')).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it.each([
    ['a hashed name', line(HASHED)],
    ['a pattern', line('10.0.*')],
    ['a negation', line('!10.0.0.3')],
    ['an authority', `@cert-authority ${line('10.0.0.3')}`],
    ['a revoked pattern', `@revoked ${line('*')}`],
    ['an unfinished line', '10.0.0.3 ssh-ed25519'],
    ['nonsense', 'nonsense'],
  ])('stops every login with %s, and gives the line and its form', async (_, text) => {
    const folder = await mkdtemp(join(tmpdir(), 'registry-ha-known-hosts-'));
    await writeFile(join(folder, 'known_hosts'), `# ours\n${text}\n`);
    const refused = await readKnownHosts(join(folder, 'known_hosts')).catch((error: unknown) => error);
    await removeFolder(folder);
    expect(refused).toBeInstanceOf(Unreachable);
    expect(String(refused)).toContain('line 2. Write it as `host algorithm key`');
  });
});

it.each<readonly [string, Partial<HostKey>, boolean]>([
  ['the very key that was shown before', {}, true],
  ['another key', { key: 'BBBB' }, false],
  ['a key of another algorithm', { algorithm: 'ssh-rsa' }, false],
  ['the key of another host', { host: '10.0.0.4' }, false],
  ['the key of another port', { port: 2222 }, false],
])('a key that nobody pinned is taken for a look only if it is %s', (_, changes, isTaken) => {
  const shown = { algorithm: 'ssh-ed25519', key: 'AAAA' };
  const access = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/k', sudo: false };
  const trust = { host: access.host, port: access.port, ...shown, fingerprint: 'SHA256:x', pinned: false, ...changes };
  expect(faultOf([], access, shown, { file: '/known_hosts', trust }) === null).toBe(isTaken);
});
