import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { PATIENT } from '../fixtures/patience.ts';

const RUNTIME = join(import.meta.dirname, '../../src/runtime');
/** A process that has nothing to read again. */
const WORKER = `
  import { runProcess } from '${RUNTIME}/run-process.ts';
  const say = (fields, text) => console.log(text);
  const log = { debug: say, info: say, warn: say, error: say };
  setInterval(() => undefined, 1000);
  await runProcess(async () => ({ stop: async () => undefined }), log);
  console.log('runs');
`;

it('a process that reads nothing again goes on after SIGHUP, says so, and ends by SIGTERM', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', WORKER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString();
  });
  await vi.waitFor(() => expect(text).toContain('runs'), PATIENT);
  child.kill('SIGHUP');
  await vi.waitFor(() => expect(text).toContain('read only at its start'), PATIENT);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
