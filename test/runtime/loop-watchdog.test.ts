import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('../../src/runtime/loop-watchdog.ts', import.meta.url));

async function ended(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (piece) => {
    out += piece;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, out };
}

const watching = `import { watchLoop } from ${JSON.stringify(MODULE)}; watchLoop(2);`;

describe('the watchdog of the event loop', () => {
  it('kills a process whose loop stands still, and logs it', async () => {
    const { signal, out } = await ended(`${watching} for (;;) {}`);
    expect(signal).toBe('SIGKILL');
    expect(JSON.parse(out)).toMatchObject({ level: 60, msg: expect.stringContaining('hung for 2 s') });
  });

  it('leaves a process alone whose loop turns', async () => {
    expect(await ended(`${watching} setTimeout(() => console.log('alive'), 6000);`)).toMatchObject({
      code: 0,
      out: 'alive\n',
    });
  });

  it('holds no process open', async () => {
    expect(await ended(watching)).toMatchObject({ code: 0 });
  });
});
