import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { begunJobsIn } from '../../../src/adapters/files/begun-jobs.ts';
import { readNumbered, writeNumbered } from '../../../src/adapters/files/numbered-file.ts';
import { openTargetDigests } from '../../../src/adapters/node/target-digests.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'numbered-'));
});
afterAll(() => removeFolder(folder));

const schema = z.object({ n: z.number() });
const put = async (text: string) => {
  const path = join(folder, 'file');
  await writeFile(path, text);
  return path;
};

it('a file is read as it was written, and its number is not part of the content', async () => {
  const path = join(folder, 'own');
  expect(await readNumbered(path, schema)).toBeNull();
  await writeNumbered(path, { n: 7 });
  expect(await readNumbered(path, schema)).toEqual({ content: { n: 7 } });
});

it.each([
  ['a field of a newer version', '{"version":1,"n":7,"moon":"full"}', { content: { n: 7 } }],
  ['a newer format', '{"version":2,"n":"seven"}', { why: 'a newer version of registry-ha wrote it (format 2)' }],
  ['a newer format with a known shape', '{"version":2,"n":7}', { why: expect.stringContaining('newer version') }],
  ['no number', '{"n":7}', { why: 'it is damaged' }],
  ['another shape', '{"version":1,"n":"seven"}', { why: 'it is damaged' }],
  ['half its text', '{"version":1,"n"', { why: 'it is damaged' }],
])('a file with %s', async (_of, text, read) => {
  expect(await readNumbered(await put(text), schema)).toEqual(read);
});

it('a folder in its place is said, and is no damage', async () => {
  expect(await readNumbered(folder, schema)).toEqual({ why: 'it cannot be read (EISDIR)' });
});

it('the log says of a newer file that it is newer', async () => {
  const path = await put('{"version":2}');
  const logged: object[] = [];
  const log = (_says: string, fields: object) => void logged.push(fields);
  await begunJobsIn(path, log).end({ kind: 'plan', id: 'lab-7f3k2q' });
  await openTargetDigests({ path, log });
  const why = expect.stringContaining('newer version');
  expect(logged).toEqual([
    { path, why },
    { path, why },
  ]);
});
