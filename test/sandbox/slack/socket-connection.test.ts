import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ACK_DEADLINE_MS } from '../../../sandbox/slack/delivery/delivery.ts';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { CARD, clientOf, eventually, socketApp, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
const apps: App[] = [];

beforeEach(async () => {
  slack = await startSlack({ ackLimitMs: ACK_DEADLINE_MS });
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop()));
  await slack.close();
});

async function started(app: App): Promise<App> {
  apps.push(app);
  await app.start();
  return app;
}

describe('the connection', () => {
  it('moves to the second receiver while Slack refreshes the first', async () => {
    const served: string[] = [];
    for (const name of ['first', 'second']) {
      const app = socketApp(slack);
      app.action('approve', async ({ ack }) => {
        served.push(name);
        await ack();
      });
      await started(app);
    }
    await clientOf(slack).chat.postMessage(CARD);
    slack.fault('slack-refresh', []);
    await slack.click('bob', 'Approve');
    expect(served).toEqual(['second']);
  });

  it('comes back after a refresh', async () => {
    const app = socketApp(slack);
    app.command('/registry-ha', ({ ack }) => ack('here'));
    await started(app);
    slack.fault('slack-refresh', []);
    await expect(slack.command('alice', '/registry-ha help')).rejects.toThrow('dispatch_failed');
    await eventually(() =>
      slack.apiCalls().filter(({ method }) => method === 'apps.connections.open').length > 1 ? true : undefined,
    );
    await expect.poll(() => slack.command('alice', '/registry-ha help').then(() => 'ok', String)).toBe('ok');
  });

  it('is rejected beyond ten sockets, and for a used address', async () => {
    const open = async () => {
      const { url = '' } = await clientOf(slack, slack.appToken).apps.connections.open();
      return { url, ...(await firstFrame(url)) };
    };
    const sockets: WebSocket[] = [];
    for (let nth = 1; nth <= 10; nth += 1) {
      const { frame, socket } = await open();
      sockets.push(socket);
      expect(frame).toMatchObject({ type: 'hello', num_connections: nth });
    }
    const { frame, url } = await open();
    expect(frame).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    await expect(firstFrame(url)).rejects.toThrow('408');
    for (const socket of sockets) socket.terminate();
  });

  it('delivers each command to one socket, and accepts an acknowledgement only from it', async () => {
    const { url: one = '' } = await clientOf(slack, slack.appToken).apps.connections.open();
    const { url: two = '' } = await clientOf(slack, slack.appToken).apps.connections.open();
    const sockets = [(await firstFrame(one)).socket, (await firstFrame(two)).socket];
    const got: { readonly index: number; readonly text: string }[] = [];
    for (const [index, socket] of sockets.entries())
      socket.on('message', (text) => got.push({ index, text: String(text) }));
    const command = slack.command('alice', '/registry-ha help').then(() => 'acked', String);
    const { index, text } = await eventually(() => got[0]);
    const { envelope_id, accepts_response_payload } = JSON.parse(text);
    expect(accepts_response_payload).toBe(true);
    sockets[1 - index]?.send(JSON.stringify({ envelope_id }));
    expect(await command).toContain('dispatch_failed');
    expect(got).toHaveLength(1);
    for (const socket of sockets) socket.terminate();
  });
});

async function firstFrame(url: string): Promise<{ readonly socket: WebSocket; readonly frame: unknown }> {
  const socket = new WebSocket(url);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  socket.once('message', (text) => resolve(JSON.parse(String(text))));
  socket.once('error', reject);
  return { socket, frame: await promise };
}
