import { expect, it } from 'vitest';
import { openLog } from '../../src/runtime/log.ts';
import { type Opened, startParts } from '../../src/runtime/opened.ts';
import { Rounds } from '../../src/runtime/rounds.ts';

const lines: string[] = [];
const log = openLog('info', 'test', [], (line) => lines.push(line));

/** Three parts that record their end; the second part can be made to fail. */
function threeParts(closed: string[], broken = false) {
  return async (opened: Opened) => {
    for (const name of ['journal', 'redis', 'queue']) {
      opened.keep({
        async close() {
          closed.push(name);
          if (broken && name === 'redis') throw new Error('Redis does not let go');
        },
      });
    }
  };
}

it('a process closes its parts in the reverse order of their start, each once', async () => {
  const closed: string[] = [];
  const process = await startParts(threeParts(closed), log);
  expect(closed).toEqual([]);
  await process.stop();
  await process.stop();
  expect(closed).toEqual(['queue', 'redis', 'journal']);
});

it('a part that fails to close does not keep others open, and its error is thrown', async () => {
  const closed: string[] = [];
  const process = await startParts(threeParts(closed, true), log);
  await expect(process.stop()).rejects.toThrow('1 parts could not be closed');
  expect(closed).toEqual(['queue', 'redis', 'journal']);
});

it('a part that fails to start closes the others, and its error is thrown', async () => {
  const closed: string[] = [];
  const start = async (opened: Opened) => {
    await threeParts(closed, true)(opened);
    throw new Error('The port is taken');
  };
  await expect(startParts(start, log)).rejects.toThrow('The port is taken');
  expect(closed).toEqual(['queue', 'redis', 'journal']);
  expect(lines.join('')).toContain('A part could not be closed after a failed start');
});

it('rounds are aborted before any part is closed, and awaited in order', async () => {
  const seen: string[] = [];
  const process = await startParts(async (opened) => {
    const rounds = opened.keep(new Rounds(opened.ending));
    opened.keep({ close: async () => void seen.push(`redis closed, ended: ${opened.ending.aborted}`) });
    rounds.run(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => setImmediate(() => resolve(void seen.push('round over'))));
        }),
    );
  }, log);
  await process.stop();
  expect(seen).toEqual(['redis closed, ended: true', 'round over']);
});
