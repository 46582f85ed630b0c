import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { freePort } from '../../fixtures/redis.ts';
import { ALICE, eventually } from '../../sandbox/slack/slack-for-tests.ts';
import { slackWorld } from '../slack-world.ts';

it('the bot waits for a Slack that does not answer at its start, and says so', { timeout: 120_000 }, async () => {
  const w = await slackWorld({ faults: ['slack-5xx'] });
  expect(w.bot.isConnected()).toBe(false);
  await eventually(() =>
    w.log.lines.find((line) => line.includes('Slack is unreachable; the bot starts when it answers')),
  );
  w.local.clearFault('slack-5xx');
  await eventually(() => (w.bot.isConnected() ? true : undefined));
  await w.local.command(ALICE.id, '/registry-ha help');
  await eventually(() => w.ephemeralFor(ALICE)[0]);
  expect(w.fatal).toEqual([]);
  await w.close();
});

it('the bot can be stopped while it waits for Slack', { timeout: 120_000 }, async () => {
  const w = await slackWorld({ faults: ['slack-5xx'] });
  await w.close();
  expect(w.fatal).toEqual([]);
});

it('the bot does not start with the token of a whole organisation, and says what to do', async () => {
  await expect(slackWorld({ faults: ['slack-org-token'] })).rejects.toMatchObject({
    kind: 'slack-token',
    next: expect.stringContaining('Install the app in that workspace only'),
  });
});

it('the bot does not start where another program listens at its port for Slack, and does not blame Slack', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  try {
    await expect(slackWorld({ http: { port } })).rejects.toMatchObject({
      kind: 'port-taken',
      where: `slack.http (127.0.0.1:${port})`,
      what: 'The port for requests of Slack cannot be opened: another program listens there.',
      next: expect.stringContaining('`slack.http.port`'),
    });
  } finally {
    other.close();
  }
});
