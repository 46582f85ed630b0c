import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { serveHealth } from '../../src/runtime/health.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  return address.port;
}

it('a monitor reads why a process is not ready', async () => {
  const port = await freePort();
  let why: string | null = 'The journal cannot be written: no space left on device.';
  const health = await serveHealth({ host: '127.0.0.1', port }, () => why);
  try {
    const ready = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return [answer.status, await answer.text()];
    };
    expect(await ready()).toEqual([503, 'not ready: The journal cannot be written: no space left on device.\n']);
    why = null;
    expect(await ready()).toEqual([200, 'ready\n']);
  } finally {
    await health.close();
  }
});

it('half a request of a monitor does not delay the shutdown', async () => {
  const port = await freePort();
  const health = await serveHealth({ host: '127.0.0.1', port }, () => null);
  const monitor = connect(port, '127.0.0.1');
  await once(monitor, 'connect');
  monitor.write('GET /readyz HTTP/1.1\r\n');
  // The connection may be reset rather than ended.
  monitor.on('error', () => undefined);
  const gone = new Promise((resolve) => monitor.once('close', resolve));
  await health.close();
  await gone;
});

it('a taken port is named with its setting, not as a raw error of Node', async () => {
  const port = await freePort();
  const health = await serveHealth({ host: '127.0.0.1', port }, () => null);
  try {
    await expect(serveHealth({ host: '127.0.0.1', port }, () => null)).rejects.toMatchObject({
      kind: 'port-taken',
      where: `health (127.0.0.1:${port})`,
      what: 'The port for health and metrics cannot be opened: another program listens there.',
      next: expect.stringContaining('`health.port`'),
    });
  } finally {
    await health.close();
  }
});
