import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  addressesIn,
  fileSystemIn,
  identitiesIn,
  isListening,
  machineIdsIn,
  mountsIn,
  oldUtilLinux,
  saysMissing,
} from '../../../src/adapters/node/parse.ts';
import { fileIn } from '../../../src/domain/node-commands/copy-commands.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/tools');
const captureSchema = z.record(
  z.string(),
  z.object({ command: z.string(), code: z.number(), stdout: z.string(), stderr: z.string() }),
);
const captures = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: file.slice(0, -'.json'.length),
    probes: captureSchema.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))),
  }));

/** What the tools of each distribution print; test/fixtures/tools/capture.ts wrote it down. */
describe.each(captures)('the tools of $name', ({ probes }) => {
  const probe = (name: string) => probes[name] ?? expect.fail(`There is no ${name}.`);
  const resultOf = (name: string) => ({ ...probe(name), ended: exit(probe(name).code) });

  it('name mounts, the files behind them, and the same identities for both', () => {
    const identities = identitiesIn(probe('identities').stdout);
    const mounts = mountsIn(probe('findmnt').stdout, probe('losetup').stdout);
    expect(mounts.map(({ mountpoint, backingFile }) => [mountpoint, backingFile]).toSorted()).toEqual([
      ['/srv/scality/a-1', '/srv/scality/releases/a-1.iso'],
      ['/srv/scality/b-1', '/srv/scality/releases/with blank.iso'],
    ]);
    for (const { identity, backingFile } of mounts) expect(identities.get(identity ?? '')).toBe(backingFile);
    expect(identities.size).toBe(2);
    expect(mountsIn(probe('findmnt-none').stdout, probe('losetup-none').stdout)).toEqual([]);
    expect(oldUtilLinux(probe('findmnt-version').stdout)).toBeNull();
  });

  it('say what is at a path, and that nothing is', () => {
    expect(fileIn(resultOf('stat-file'))).toMatchObject({ is: 'file', size: 1024 * 1024 });
    expect(fileIn(resultOf('stat-folder'))).toEqual({ is: 'directory' });
    expect(fileIn(resultOf('stat-missing'))).toEqual({ is: 'absent' });
    expect(saysMissing(probe('ls-missing').stderr)).toBe(true);
    expect(saysMissing(probe('identities').stderr)).toBe(true);
    expect(probe('realpath').stdout).toBe('/srv/scality\0/srv/none/x\0');
  });

  it('tell free space, addresses and the machine', () => {
    expect(fileSystemIn(probe('df').stdout)).toEqual({ mountpoint: '/', available: expect.any(Number) });
    expect(addressesIn(probe('ip').stdout)).toEqual(expect.arrayContaining(['127.0.0.1', '::1']));
    expect(machineIdsIn(probe('machine-ids').stdout)).toMatchObject({ id: '0123456789abcdef'.repeat(2) });
  });

  it('list listeners, those on every address too', () => {
    const listens = (address: string) => isListening(probe('ss').stdout, address);
    expect(listens('127.0.0.9:8080')).toBe(true);
    expect(listens('10.0.0.1:8081'), 'by the wildcard').toBe(true);
    expect(listens('10.0.0.1:8080')).toBe(false);
  });

  it('are there', () => {
    expect([probe('isoinfo').code, probe('openssl').code]).toEqual([0, 0]);
  });
});
