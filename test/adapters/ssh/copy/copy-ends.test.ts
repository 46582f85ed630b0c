import { describe, expect, it } from 'vitest';
import { sshCopier } from '../../../../src/adapters/ssh/copy/copier.ts';
import { Failure } from '../../../../src/domain/answers/failure.ts';
import type { Ended } from '../../../../src/domain/node-commands/ended.ts';
import { FakeShell } from '../../../fakes/fake-shell.ts';
import { copyStep, fastClock } from '../copy-stage.ts';

const access = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false };
const step = copyStep('/srv/a.iso', Buffer.from('the archive'), false);

/** How often the first command of a copy ran, and what the copy says, when that command always ends in this way. */
async function copied(ended: Ended) {
  let runs = 0;
  const shell = new FakeShell();
  shell.run = async () => {
    runs += 1;
    return { ended, stdout: '', stderr: '' };
  };
  const bootstrap = {
    read: async function* () {
      yield Buffer.from('the archive');
    },
    sha256: async () => step.archive.sha256,
  };
  const copier = sshCopier({ shell, bootstrap, clock: fastClock(10_000) });
  try {
    await copier.copy(step, access, () => undefined, new AbortController().signal);
  } catch (error) {
    if (error instanceof Failure) return { runs, report: error.report() };
    throw error;
  }
  throw new Error('The copy ended well.');
}

describe('a command of a copy', () => {
  it.each<[Ended, string]>([
    [{ is: 'signal', name: 'SIGKILL' }, 'was killed by SIGKILL.'],
    [{ is: 'timeout', afterMs: 60_000 }, 'did not end within 1 min.'],
    [{ is: 'too-much-output', bytes: 1_048_576 }, 'printed more than 1,048,576 bytes, which is the limit.'],
  ])('fails the copy at once when it ends by %o', async (ended, says) => {
    const { runs, report } = await copied(ended);
    expect([runs, report.kind, report.where]).toEqual([1, 'command', 'node-2']);
    expect(report.what.endsWith(says)).toBe(true);
  });

  it.each<[Ended, string]>([
    [{ is: 'connection-lost' }, 'A command on node-2 was interrupted: the connection was lost.'],
    [{ is: 'unknown', says: 'ssh ended with exit code 255' }, 'ended without a result (ssh ended with exit code 255).'],
  ])('is tried again over new connections when nobody saw its end: %o', async (ended, says) => {
    const { runs, report } = await copied(ended);
    expect([runs, report.kind]).toEqual([6, 'unreachable']);
    expect(report.what).toContain(says);
  });
});
