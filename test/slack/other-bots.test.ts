import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OtherBots } from '../../src/app/ask/other-bots.ts';
import type { SocketsSeen } from '../../src/ports/cards.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { ALICE, clientOf, eventually } from '../sandbox/slack/slack-for-tests.ts';
import { KeptLog } from './recording-slack.ts';
import { slackWorld } from './slack-world.ts';

const MINUTE_MS = 60_000;

it('the bot hears from Slack that another bot uses its app token, and still answers', {
  timeout: 120_000,
}, async () => {
  const [clock, log, heard] = [new FakeClock(), new KeptLog(), [] as number[]];
  let kept: SocketsSeen | null = null;
  const replicas = {
    beat: async () => 1,
    leave: async () => undefined,
    keep: async (seen: SocketsSeen) => {
      kept = seen;
    },
    seen: async () => kept,
  };
  const others = new OtherBots({ replicas, renew: () => false, onKnown: () => undefined, clock, log });
  const onConnections = (connections: number) => {
    heard.push(connections);
    void others.heard(connections);
  };
  const w = await slackWorld({ onConnections });
  await eventually(() => (heard.length === 2 ? true : undefined));
  expect(heard.toSorted()).toEqual([1, 2]);
  await eventually(() => kept ?? undefined);
  const { url = '' } = await clientOf(w.local, w.local.appToken).apps.connections.open();
  const foreign = new WebSocket(url);
  await once(foreign, 'message');
  for (const count of [3, 4]) {
    w.local.fault('slack-refresh', []);
    await eventually(() => (heard.length === count ? true : undefined));
    await clock.advance(MINUTE_MS);
  }
  expect(heard.slice(2).every((connections) => connections > 2)).toBe(true);
  await eventually(() => log.lines.find((line) => line.includes('Other bots use this app token')));
  expect(kept).toMatchObject({ replicas: 1 });
  foreign.close();
  await once(foreign, 'close');
  await w.local.command(ALICE.id, '/registry-ha help');
  await eventually(() => w.ephemeralFor(ALICE)[0]);
  await w.close();
});
