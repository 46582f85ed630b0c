import { describe, expect, it } from 'vitest';
import {
  addKnownKey,
  findKnownKeys,
  fingerprintOf,
  formatKnownHosts,
  hostNameOf,
  parseKnownHosts,
  standingOf,
} from '../../../../src/adapters/ssh/login/known-hosts.ts';

const A = { algorithm: 'ssh-ed25519', key: 'AAAAC3NzaC1lZDI1NTE5AAAAIA' };
const B = { algorithm: 'ssh-ed25519', key: 'AAAAC3NzaC1lZDI1NTE5AAAAIB' };
const RSA = { algorithm: 'ssh-rsa', key: 'AAAAB3NzaC1yc2E' };
const node = { host: '10.0.0.3', port: 22 };
// Made by `ssh-keygen -H` from the name 10.0.0.3.
const HASHED = '|1|mxBUHXJVsjQEnNxiuokyjZRNgIY=|VG6J2kgDnehG7EpOJMFNIhCMzzk=';

const line = (names: string, { algorithm, key } = A) => `${names} ${algorithm} ${key}`;

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
    ['a pattern', line('10.0.*'), 'pinned'],
    ['a pattern with one letter free', line('10.0.0.?'), 'pinned'],
    ['a pattern that excludes it', line('10.0.*,!10.0.0.3'), 'unknown'],
    ['a dot is no wildcard', line('10x0.0.3'), 'unknown'],
    ['revoked', `${line('10.0.0.3')}\n@revoked ${line('*')}`, 'revoked'],
    ['another key revoked', `${line('10.0.0.3')}\n@revoked ${line('*', B)}`, 'pinned'],
    ['a certificate authority is no host key', `@cert-authority ${line('*')}`, 'unknown'],
    ['commented out', `# ${line('10.0.0.3')}`, 'unknown'],
    ['an unfinished line', '10.0.0.3 ssh-ed25519', 'unknown'],
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
    const text = `# a comment\n\n${line('10.0.0.3')} note\nnonsense\n@revoked ${line('*', B)}\n`;
    expect(formatKnownHosts(parseKnownHosts(text))).toBe(text);
  });

  it('gets a key once, with the port when it is not 22', () => {
    const place = { host: 'Node-2', port: 2222 };
    const once = addKnownKey([], place, A);
    expect(formatKnownHosts(once)).toBe(`[node-2]:2222 ${A.algorithm} ${A.key}\n`);
    expect(addKnownKey(once, place, A)).toBe(once);
    expect(hostNameOf(node)).toBe('10.0.0.3');
  });

  it('gives fingerprints without padding', () => {
    expect(fingerprintOf('AAAA')).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('with a hashed name matches that name only', () => {
    const lines = parseKnownHosts(line(HASHED));
    expect(standingOf(lines, node, A).is).toBe('pinned');
    expect(standingOf(lines, { host: '10.0.0.4', port: 22 }, A).is).toBe('unknown');
  });
});
