import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalChecker, approvalSigner } from '../../../src/adapters/keys/approvals.ts';
import { loadSigningKey, loadTrustedKey } from '../../../src/adapters/keys/files.ts';
import { randomIds } from '../../../src/adapters/keys/ids.ts';
import { keyName, newKeyPair } from '../../../src/adapters/keys/pair.ts';
import { isFailure } from '../../../src/domain/answers/failure.ts';
import { clusterOf } from '../../../src/domain/change/change-id.ts';
import { approval, keysContract } from '../../contract/keys.contract.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const [pair, other] = [newKeyPair(), newKeyPair()];

keysContract('Ed25519', approvalSigner(pair), approvalChecker({ keys: [{ publicKeyPem: pair.publicKeyPem }, other] }));

describe('approval keys', () => {
  it('rejects an approval signed by another key under a trusted name', () => {
    const forged = approvalSigner({ privateKeyPem: other.privateKeyPem, name: pair.name }).sign(approval);
    expect(approvalChecker({ keys: [pair] }).isGenuine(forged)).toBe(false);
    expect(approvalChecker({ keys: [other] }).isGenuine(forged)).toBe(false);
    expect(approvalChecker({ keys: [] }).isGenuine(approvalSigner(pair).sign(approval))).toBe(false);
  });

  it('takes an approval only where it was given, even if one key signs at both places', () => {
    const places = ['slack', 'terminal'] as const;
    for (const given of places)
      for (const used of places) {
        const signed = approvalSigner(pair, given).sign(approval);
        expect(approvalChecker({ keys: [pair] }, used).isGenuine(signed)).toBe(given === used);
      }
  });

  it('names a key by the first twelve hex digits of its digest', () => {
    expect(pair.name).toMatch(/^[0-9a-f]{12}$/);
    expect(keyName(pair.publicKeyPem)).toBe(pair.name);
    expect(pair.name).not.toBe(other.name);
  });

  it('rejects a private key, another type of key and plain text as a public key', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const curve = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    for (const publicKeyPem of [pair.privateKeyPem, curve, 'hello', '']) {
      expect(() => approvalChecker({ keys: [{ name: 'k', publicKeyPem }] })).toThrow(
        expect.objectContaining({ kind: 'key-unusable' }),
      );
    }
    expect(() => approvalSigner({ privateKeyPem: pair.publicKeyPem, name: 'k' })).toThrow(
      expect.objectContaining({ kind: 'key-unusable' }),
    );
    expect(() => approvalChecker({ keys: [pair, pair] })).toThrow(/Two trusted keys/);
  });
});

describe('key files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-keys-'));
  });
  afterAll(() => removeFolder(folder));

  const fileOf = async (text: string, mode: number) => {
    const path = join(folder, `key-${mode.toString(8)}-${text.length}`);
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  };

  it('loads a signing key that only the owner, or a group, can read', async () => {
    for (const mode of [0o400, 0o600, 0o440, 0o640]) {
      const key = await loadSigningKey(await fileOf(pair.privateKeyPem, mode));
      expect(key).toEqual({ privateKeyPem: pair.privateKeyPem, name: pair.name });
    }
  });

  it('refuses a signing key that others can read, and gives the fix', async () => {
    for (const mode of [0o644, 0o604, 0o660, 0o777]) {
      const path = await fileOf(pair.privateKeyPem, mode);
      const failure = await loadSigningKey(path).catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'key-unusable' });
      expect(isFailure(failure, 'key-unusable') && failure.report().next).toBe(`Run \`chmod 0600 ${path}\`.`);
    }
  });

  it('loads a public key that all can read, and refuses one that others can change', async () => {
    const path = await fileOf(pair.publicKeyPem, 0o644);
    expect(await loadTrustedKey(path)).toEqual({ publicKeyPem: pair.publicKeyPem, name: pair.name, path });
    await expect(loadTrustedKey(await fileOf(pair.publicKeyPem, 0o666))).rejects.toThrow(/can change/);
  });

  it('explains a missing or empty key file', async () => {
    await expect(loadSigningKey(join(folder, 'nothing'))).rejects.toMatchObject({ kind: 'key-unusable' });
    await expect(loadSigningKey(await fileOf('x'.repeat(70_000), 0o600))).rejects.toThrow(/too large/);
    await expect(loadTrustedKey(await fileOf('nonsense', 0o644))).rejects.toMatchObject({ kind: 'key-unusable' });
  });
});

describe('random IDs', () => {
  it('contain the cluster, have no similar letters, and are unique', () => {
    const ids = randomIds();
    const many = new Set(Array.from({ length: 1_000 }, () => ids.change('paris-2')));
    expect(many.size).toBe(1_000);
    for (const id of many) {
      expect(id).toMatch(/^paris-2-[2-9a-hjkmnp-z]{6}$/);
      expect(clusterOf(id)).toBe('paris-2');
    }
    expect(new Set([ids.nonce(), ids.nonce()]).size).toBe(2);
  });
});
