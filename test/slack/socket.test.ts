import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/runtime/clock.ts';
import { boltLog } from '../../src/slack/api/bolt-log.ts';
import { Socket } from '../../src/slack/inbox/socket.ts';
import { eventually } from '../sandbox/slack/slack-for-tests.ts';
import { KeptLog } from './recording-slack.ts';

/** A Slack that opens sockets and sends what a test wants. */
let slack: Server;
let sockets: WebSocketServer;
let line: WebSocket | undefined;

beforeEach(async () => {
  slack = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port()}/` }));
  });
  sockets = new WebSocketServer({ server: slack });
  sockets.on('connection', (opened) => {
    line = opened;
    opened.send(JSON.stringify({ type: 'hello' }));
  });
  slack.listen(0, '127.0.0.1');
  await once(slack, 'listening');
});
afterEach(async () => {
  for (const one of sockets.clients) one.terminate();
  slack.close();
  await once(slack, 'close');
});

function port(): number {
  const address = slack.address();
  if (address === null || typeof address === 'string') throw new Error('Slack does not listen.');
  return address.port;
}

/** Sleeps a hundredth of the time, and counts. */
class Hurried {
  readonly slept: number[] = [];
  now = systemClock.now;
  steadyMs = systemClock.steadyMs;
  sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    this.slept.push(ms);
    await systemClock.sleep(ms / 100, signal);
  };
}

describe('a socket that Slack closes right after its hello', () => {
  it('is opened again after longer and longer pauses', async () => {
    sockets.on('connection', (opened) => {
      opened.send(JSON.stringify({ type: 'disconnect', reason: 'link_disabled' }));
      opened.close();
    });
    const [log, clock] = [new KeptLog(), new Hurried()];
    const slackApiUrl = `http://127.0.0.1:${port()}/`;
    const socket = new Socket({
      appToken: 'xapp-1',
      slackApiUrl,
      clock,
      log,
      logger: boltLog(log),
      onFatal: () => undefined,
    });
    const app = new App({ authorize: async () => ({ botToken: 'xoxb-1' }), receiver: socket, convoStore: false });
    await app.start();
    await eventually(() => (clock.slept.length >= 7 ? true : undefined));
    await app.stop();
    expect(clock.slept.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
  });
});

describe('a socket', () => {
  it('logs a payload that Bolt cannot process, and accepts the next one', async () => {
    const log = new KeptLog();
    const socket = new Socket({
      ...{
        appToken: 'xapp-1',
        slackApiUrl: `http://127.0.0.1:${port()}/`,
        clock: systemClock,
        log,
        logger: boltLog(log),
      },
      onFatal: (error) => log.error({}, error.message),
    });
    const app = new App({ authorize: async () => ({ botToken: 'xoxb-1' }), receiver: socket, convoStore: false });
    const commands: string[] = [];
    app.command('/registry-ha', async ({ command, ack }) => {
      commands.push(command.text);
      await ack();
    });
    await app.start();
    line?.send('{"type":"interactive","envelope_id":"1","payload":{"type":{"toString":null},"actions":[null]}}');
    await eventually(() => log.lines.find((one) => one === 'error Payload could not be accepted'));
    const command = { command: '/registry-ha', text: 'help', user_id: 'U1', team_id: 'T1', channel_id: 'C1' };
    line?.send(JSON.stringify({ type: 'slash_commands', envelope_id: '2', payload: command }));
    await eventually(() => commands[0]);
    expect(commands).toEqual(['help']);
    await app.stop();
  });
});

describe('a socket', () => {
  it('says at each hello how many connections the app has, and is renewed after a pause', async () => {
    sockets.removeAllListeners('connection');
    let open = 0;
    sockets.on('connection', (opened) => {
      open += 1;
      opened.send(JSON.stringify({ type: 'hello', num_connections: open + 3 }));
    });
    const [log, clock] = [new KeptLog(), new Hurried()];
    const heard: number[] = [];
    const socket = new Socket({
      ...{ appToken: 'xapp-1', slackApiUrl: `http://127.0.0.1:${port()}/`, clock, log, logger: boltLog(log) },
      onFatal: () => undefined,
      onConnections: (connections) => heard.push(connections),
    });
    const app = new App({ authorize: async () => ({ botToken: 'xoxb-1' }), receiver: socket, convoStore: false });
    await app.start();
    expect(heard).toEqual([4]);
    socket.renew();
    await eventually(() => (heard.length === 2 && socket.isConnected ? true : undefined));
    expect(heard).toEqual([4, 5]);
    expect(clock.slept[0]).toBe(5_000);
    await app.stop();
  });
});
