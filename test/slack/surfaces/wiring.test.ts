import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALICE, BOB, clientOf, eventually, freePort, MALLORY, OPS } from '../../sandbox/slack/slack-for-tests.ts';
import type { SlackWorld } from '../slack-world.ts';
import { ID, tellPlan, worldsOfTests } from '../world-of-test.ts';

const world = worldsOfTests();
const cardOf = (w: SlackWorld) =>
  w.messages().find(({ ephemeralFor, threadTs }) => ephemeralFor === undefined && threadTs === undefined);
const cardSays = (w: SlackWorld, words: string) =>
  eventually(() => (cardOf(w)?.text.includes(words) ? cardOf(w) : undefined), 8000);

/** A plan appears in the record, and then on the card. */
async function plan(w: SlackWorld): Promise<void> {
  await tellPlan(w);
  await cardSays(w, 'The plan is ready');
}

describe.each(['socket', 'http'] as const)('from a command to a decision, over %s', (mode) => {
  it('shows alice the plan, then bob’s approval', async () => {
    const w = await world(mode === 'http' ? { http: { port: await freePort() } } : {});
    expect(w.bot.isConnected()).toBe(true);
    await w.local.command('alice', '/registry-ha add node-2 --reason “before the upgrade”');
    await cardSays(w, 'Inspecting the cluster');
    await plan(w);
    await w.local.click('bob', 'Approve');
    await cardSays(w, 'Approved. By <@U0BOB>.');
    await eventually(() =>
      w.messages().find(({ threadTs, text }) => threadTs !== undefined && text.includes('Approved by')),
    );
    expect((await w.changes.get(ID))?.change).toMatchObject({
      state: 'approved',
      approver: { id: BOB.id, name: 'bob' },
    });
    expect(w.messages().filter(({ ephemeralFor }) => ephemeralFor !== undefined)).toEqual([]);
    expect(w.log.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
  });
});

it('news of a change in an archived channel reaches the requester as a direct message', async () => {
  const w = await world();
  await w.local.command('alice', '/registry-ha add node-2');
  await cardSays(w, 'Inspecting the cluster');
  w.local.fault('slack-archived', []);
  await tellPlan(w);
  const told = await eventually(() => w.ephemeralFor(ALICE).find((text) => text.includes('cannot write in')));
  expect(told).toContain('The plan is ready');
});

describe('a private reply', () => {
  it('suggests a correction, shows help, or explains a refusal', async () => {
    const w = await world();
    await w.local.command('alice', '/registry-ha ad node-2');
    await w.local.command('alice', '/registry-ha help');
    await w.local.command('alice', '/registry-ha add @bob');
    await w.local.command('mallory', '/registry-ha add node-2');
    const [unknown, help, mention] = await eventually(() =>
      w.ephemeralFor(ALICE).length === 3 ? w.ephemeralFor(ALICE) : undefined,
    );
    expect(unknown).toContain('Did you mean “add”?');
    expect(help).toContain('/registry-ha add node-2');
    expect(mention).toContain('“@bob” is not a valid node name');
    const [refused] = await eventually(() =>
      w.ephemeralFor(MALLORY).length === 1 ? w.ephemeralFor(MALLORY) : undefined,
    );
    expect(refused).toContain('You may not request');
    expect(cardOf(w)).toBeUndefined();
  });

  it('explains why one’s own click does not count', async () => {
    const w = await world();
    await w.local.command('alice', '/registry-ha add node-2');
    await cardSays(w, 'Inspecting');
    await plan(w);
    await w.local.click('alice', 'Approve');
    await eventually(() => w.ephemeralFor(ALICE).find((text) => text.includes('another person must approve')));
  });

  it('explains an unknown button', async () => {
    const w = await world();
    const button = {
      type: 'button',
      action_id: 'registry-ha:approve',
      value: 'v0',
      text: { type: 'plain_text', text: 'Old' },
    } as const;
    const blocks = [
      {
        type: 'actions',
        elements: [button, { ...button, action_id: 'constructor', text: { ...button.text, text: 'Odd' } }],
      },
    ] as const;
    await clientOf(w.local).chat.postMessage({
      channel: OPS.id,
      text: 'an old card',
      blocks: blocks.map((block) => ({ ...block, elements: [...block.elements] })),
    });
    await w.local.click('bob', 'Old');
    await w.local.click('bob', 'Odd');
    await eventually(() =>
      w.ephemeralFor(BOB).filter((text) => text.includes('The bot does not know this button')).length === 2
        ? true
        : undefined,
    );
  });

  it('says how to invite the bot when it cannot write in the channel', async () => {
    const w = await world();
    w.local.fault('slack-not-in-channel', []);
    await w.local.command('alice', '/registry-ha add node-2');
    await eventually(() => w.ephemeralFor(ALICE).find((text) => text.includes('/invite @registry-ha')));
    const { closed } = w.bot.lacking();
    expect(closed).toHaveLength(1);
    w.local.clearFault('slack-not-in-channel');
    await w.local.command('alice', '/registry-ha add node-2');
    await eventually(() => (w.bot.lacking().closed.length === 0 ? true : undefined));
  });

  it('says that the bot had an internal error', async () => {
    const w = await world({
      useCases: (real) => ({ ...real, request: () => Promise.reject(new Error('Redis is gone')) }),
    });
    await w.local.command('alice', '/registry-ha add node-2');
    await eventually(() => w.ephemeralFor(ALICE).find((text) => text.includes('The bot had an internal error')));
    expect(w.log.lines).toContain('error Request failed');
  });
});

describe('the bot as a service', () => {
  it('answers while Slack moves its sockets', async () => {
    const w = await world();
    const opened = () => w.log.lines.filter((line) => line === 'info Socket to Slack is open').length;
    for (let round = 1; round <= 4; round += 1) {
      w.local.fault('slack-refresh', []);
      await w.local.command('alice', '/registry-ha help');
      // Bolt alone would reconnect only after five seconds.
      await eventually(() => (opened() === 2 + round ? true : undefined), 2000);
    }
    await eventually(() => (w.ephemeralFor(ALICE).length === 4 ? true : undefined));
    expect(w.bot.isConnected()).toBe(true);
  });

  it('reports that Slack rejects its token, so that the service manager restarts it', async () => {
    const w = await world();
    w.local.fault('slack-revoked', []);
    w.local.fault('slack-refresh', []);
    await eventually(() => w.fatal[0]);
    expect(String(w.fatal[0])).toMatch(/invalid_auth|token_revoked|account_inactive/);
  });

  it('finishes payloads in progress before it stops', async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let finished = false;
    const w = await world({
      useCases: (real) => ({
        ...real,
        request: async (...given) => {
          await held;
          const answer = await real.request(...given);
          finished = true;
          return answer;
        },
      }),
    });
    await w.local.command('alice', '/registry-ha add node-2');
    const stopped = w.bot.stop();
    finish();
    await stopped;
    expect(finished).toBe(true);
    expect(cardOf(w)).toBeDefined();
  });
});

describe('requests over HTTP', () => {
  const body = 'command=%2Fregistry-ha&text=help&user_id=U0ALICE&user_name=alice&team_id=T0SANDBOX&channel_id=C0OPS';

  async function send(
    w: SlackWorld,
    port: number,
    ageSeconds: number,
    form = body,
    secret = w.local.signingSecret,
    now = Date.now(),
  ): Promise<number> {
    const timestamp = String(Math.floor(now / 1000) - ageSeconds);
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${form}`).digest('hex')}`;
    const response = await fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
      body: form,
    });
    return response.status;
  }

  it('are rejected if unsigned, too old, or from the future', async () => {
    const port = await freePort();
    const w = await world({ http: { port } });
    expect(await send(w, port, 0, body, 'another secret')).toBe(401);
    expect(await send(w, port, 400)).toBe(401);
    expect(await send(w, port, -400)).toBe(401);
    expect(await send(w, port, 0)).toBe(200);
  });

  it('do nothing when they are replayed', async () => {
    const port = await freePort();
    const asked: string[] = [];
    const w = await world({
      http: { port },
      useCases: (real) => ({
        ...real,
        request: (...given) => {
          asked.push(given[1].id);
          return real.request(...given);
        },
      }),
    });
    const add = body.replace('text=help', 'text=add+node-2');
    // The same request twice, with the same timestamp and signature.
    const now = Date.now();
    expect(await send(w, port, 5, add, w.local.signingSecret, now)).toBe(200);
    expect(await send(w, port, 5, add, w.local.signingSecret, now)).toBe(200);
    await cardSays(w, 'Inspecting');
    expect(asked).toEqual([ALICE.id]);
  });

  it('of another workspace get an explanation and change nothing', async () => {
    const port = await freePort();
    const w = await world({ http: { port } });
    expect(await send(w, port, 0, body.replace('T0SANDBOX', 'T0FOREIGN').replace('help', 'add+node-2'))).toBe(200);
    expect(await w.changes.open()).toEqual([]);
  });
});
