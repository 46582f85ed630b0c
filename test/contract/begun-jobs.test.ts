import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { begunJobsIn } from '../../src/adapters/files/begun-jobs.ts';
import { FakeBegunJobs } from '../fakes/fake-begun-jobs.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { begunJobsContract } from './begun-jobs.contract.ts';

const folder = await mkdtemp(join(tmpdir(), 'begun-jobs-'));
afterAll(() => removeFolder(folder));

let files = 0;
const newPath = () => join(folder, `begun-jobs-${files++}.json`);

describe('FakeBegunJobs keeps the contract of BegunJobs', () => {
  begunJobsContract(async () => {
    const jobs = new FakeBegunJobs();
    return { jobs, next: () => jobs };
  });
});

describe('begunJobsIn a file keeps the contract of BegunJobs', () => {
  begunJobsContract(async () => {
    const path = newPath();
    const open = () => begunJobsIn(path, (says) => expect.fail(says));
    return { jobs: open(), next: open };
  });

  it('logs a damaged file, and writes a new one', async () => {
    const path = newPath();
    await writeFile(path, '{"version": 1, "jobs": [{"kind": "apply"');
    const logged: string[] = [];
    const jobs = begunJobsIn(path, (says) => logged.push(says));
    expect(await jobs.begin({ kind: 'apply', id: 'lab-7f3k2q', stepsDone: 1 })).toBe(0);
    expect(logged).toEqual(['Begun jobs cannot be read']);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ jobs: [{ id: 'lab-7f3k2q', deaths: 0 }] });
  });

  it('logs a disk that it cannot write to, and lets the job run', async () => {
    const logged: object[] = [];
    const jobs = begunJobsIn('/proc/begun-jobs.json', (_, fields) => logged.push(fields));
    expect(await jobs.begin({ kind: 'plan', id: 'lab-7f3k2q', stepsDone: 0 })).toBe(0);
    expect(logged).toHaveLength(1);
  });
});
