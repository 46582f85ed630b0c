import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTargetDigests } from '../../../src/adapters/node/target-digests.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const SHA = 'ab'.repeat(32);
let folder: string;
let said: string[];
const open = () => openTargetDigests({ path: join(folder, 'digests.json'), log: (says) => said.push(says) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-digests-'));
  said = [];
});
afterEach(() => removeFolder(folder));

describe('the cache of verified digests', () => {
  it('is only read by a command beside the worker, which owns the file', async () => {
    const guest = await openTargetDigests({ path: join(folder, 'digests.json'), isKept: false, log: () => undefined });
    await guest.remember('node-2', '/a', '1:2', SHA);
    expect(guest.known('node-2', '/a')?.identity).toBe('1:2');
    expect(await readdir(folder)).toEqual([]);
  });

  it('survives a restart, by node and path', async () => {
    const before = await open();
    await Promise.all([before.remember('node-2', '/a', '1:2', SHA), before.remember('node-3', '/a', '3:4', SHA)]);
    const after = await open();
    expect(after.known('node-2', '/a')).toMatchObject({ identity: '1:2', sha256: SHA });
    expect(after.known('node-3', '/a')).toMatchObject({ identity: '3:4' });
    expect(after.known('node-2', '/b')).toBeNull();
    expect(await readdir(folder)).toEqual(['digests.json']);
  });

  it('keeps only the latest digest of a file', async () => {
    const digests = await open();
    await digests.remember('node-2', '/a', '1:2', SHA);
    await digests.remember('node-2', '/a', '5:6', SHA);
    expect((await open()).known('node-2', '/a')?.identity).toBe('5:6');
    expect(JSON.parse(await readFile(join(folder, 'digests.json'), 'utf8')).files).toHaveLength(1);
  });

  it('is empty when its file is damaged, and logs that', async () => {
    await writeFile(join(folder, 'digests.json'), '{"version":1,');
    expect((await open()).known('node-2', '/a')).toBeNull();
    expect(said).toHaveLength(1);
  });

  it('stays in memory when its file cannot be written, and logs that', async () => {
    const digests = await openTargetDigests({ path: join(folder, 'no', 'where'), log: (says) => said.push(says) });
    await digests.remember('node-2', '/a', '1:2', SHA);
    expect(digests.known('node-2', '/a')?.identity).toBe('1:2');
    expect(said).toHaveLength(1);
  });
});
