import type { Attack } from '../attack.ts';
import { must } from '../outcome.ts';
import { ALICE, type AttackStage, BOB, MALLORY } from '../stage/attack-stage.ts';

const QUIET_MS = 700;
const BOT = 'U0BOT';
const TEXT = `<@${BOT}> add node-2`;

/** Events signed by Slack that must be ignored or refused. None may request or decide anything. */
export function eventAttacks(): readonly Attack[] {
  return [...ignored(), ...refused(), retryInAThread(), ...shortcuts(), ...homes()];
}

const mention = (more: object = {}) => ({
  ...{ type: 'app_mention', user: ALICE.id, text: TEXT, ts: '1.000001', channel: 'C0OPS', team: 'T0SANDBOX' },
  ...more,
});

const direct = (more: object = {}) => ({
  ...{ type: 'message', channel_type: 'im', user: ALICE.id, text: 'add node-2', ts: '1.000001', channel: 'D0ALICE' },
  ...more,
});

/** Nobody has just written these to the bot. */
function ignored(): readonly Attack[] {
  const events: Readonly<Record<string, readonly [tries: string, event: object]>> = {
    'mention-by-a-bot': ['a mention by another app', mention({ bot_id: 'B0EVIL' })],
    'mention-by-itself': ['a mention by the bot itself', mention({ user: BOT })],
    'mention-by-slackbot': ['a mention by Slackbot', mention({ user: 'USLACKBOT' })],
    'mention-without-a-person': ['a mention without a user', { ...mention(), user: undefined }],
    'mention-edited': ['a mention that was edited', mention({ edited: { user: ALICE.id, ts: '2.0' } })],
    'mention-with-a-subtype': ['a mention in a message of another kind', mention({ subtype: 'bot_message' })],
    'mention-of-another-person': ['a mention of bob only', mention({ text: `<@${BOB.id}> add node-2` })],
    'message-changed': ['an edited direct message', { ...direct(), subtype: 'message_changed', message: direct() }],
    'message-in-a-channel': ['a message event of a channel', direct({ channel_type: 'channel', channel: 'C0OPS' })],
    'mention-with-__proto__': [
      'an event that sets __proto__',
      JSON.parse(`{"__proto__":${JSON.stringify(mention())}}`),
    ],
  };
  return Object.entries(events).map(([name, [tries, event]]) => quietly(name, tries, event));
}

function refused(): readonly Attack[] {
  const elsewhere = { team_id: 'T0EVIL' };
  const foreign = /only from its own Slack workspace/;
  return [
    heard('mention-from-another-team', 'a mention in an event of another workspace', foreign, mention(), elsewhere),
    heard('mention-by-a-partner', 'a mention by a person of another workspace', foreign, mention({ team: 'T0EVIL' })),
    heard(
      'mention-by-a-partner-in-disguise',
      'the workspace of a partner in another field',
      foreign,
      mention({ source_team: 'T0EVIL' }),
    ),
    heard('mention-in-a-shared-channel', 'a mention in a shared channel', /shared with another workspace/, mention(), {
      is_ext_shared_channel: true,
    }),
    heard(
      'mention-by-mallory',
      'a mention by a person without permission',
      /You may not request/,
      mention({ user: MALLORY.id }),
    ),
    heard('mention-in-another-channel', 'a mention in another channel', /channel/, mention({ channel: 'C0RANDOM' })),
    heard(
      'mention-with-approve',
      'the word approve',
      /is a button/,
      mention({ user: BOB.id, text: `<@${BOT}> approve` }),
    ),
    heard('direct-message-with-a-verb', 'a request in a direct message', /answers questions only/, direct()),
    heard(
      'direct-message-by-a-guest',
      'a question by a guest without permission',
      /You may not see/,
      direct({
        ...{ user: MALLORY.id, text: 'changes', channel: 'D0MALLORY' },
      }),
    ),
    heard(
      'direct-message-by-a-partner',
      'a question from another workspace',
      foreign,
      direct({ user_team: 'T0EVIL', text: 'changes' }),
    ),
  ];
}

/** In the thread of a plan that waits, `retry` must not start it. */
function retryInAThread(): Attack {
  return {
    on: 'bot',
    name: 'mention-with-retry-in-a-thread',
    tries: 'the word retry in the thread of a plan that nobody has approved',
    async stopped(stage) {
      const { id, version } = await stage.undecided();
      const event = mention({ user: BOB.id, text: `<@${BOT}> retry`, thread_ts: cardOf(stage, id) });
      const told = await explained(stage, /still waits for a decision/, event, {});
      must((await stage.get(id)).version === version, 'The change was decided.');
      return told;
    },
  };
}

/** A Home is drawn only for a person of this workspace, and shows only what the person may see. */
function homes(): readonly Attack[] {
  const opened = (user: string) => ({ type: 'app_home_opened', user, channel: 'D0ALICE', tab: 'home' });
  return [
    home('home-from-another-team', 'a Home opened in another workspace', opened(ALICE.id), { team_id: 'T0EVIL' }),
    home('home-by-a-bot', 'a Home opened by Slackbot', opened('USLACKBOT')),
    home('home-without-a-person', 'a Home opened by nobody', { ...opened(''), user: undefined }),
    home('home-with-a-made-up-tab', 'another tab', { ...opened(ALICE.id), tab: '__proto__' }),
    {
      on: 'bot',
      name: 'home-by-mallory',
      tries: 'a Home opened by a person without permission',
      async stopped(stage) {
        const { id } = await stage.undecided();
        await stage.door.event(opened(MALLORY.id));
        const shown = () => stage.sandbox.slack.homes().filter(({ person }) => person === MALLORY.id);
        await stage.until('a Home', async () => shown().length > 0, 20_000);
        must(!JSON.stringify(shown()).includes(id), 'The Home shows a change.');
        must(!JSON.stringify(shown()).includes('lab'), 'The Home shows a cluster.');
        return 'an empty Home';
      },
    },
  ];
}

function home(name: string, tries: string, event: object, more: object = {}): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const before = stage.sandbox.slack.homes().length;
      await stage.door.event(event, more);
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      must(stage.sandbox.slack.homes().length === before, 'A Home was drawn.');
      return 'ignored';
    },
  };
}

/** The shortcut of a card explains its change only to those who may see it. */
function shortcuts(): readonly Attack[] {
  const foreign = { user: { id: ALICE.id, name: ALICE.name, team_id: 'T0EVIL' } };
  return [
    shortcut('shortcut-by-mallory', 'the shortcut by a person without permission', /You may not see/, MALLORY),
    shortcut('shortcut-from-another-team', 'the shortcut from another workspace', /only from its own/, ALICE, foreign),
    shortcut('shortcut-on-another-message', 'the shortcut on a message that is no card', /is no card/, ALICE, {
      ...{ message_ts: '1.000001', message: { thread_ts: '1.000002' } },
    }),
  ];
}

function shortcut(name: string, tries: string, wanted: RegExp, by: typeof ALICE, more: object = {}): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const { id } = await stage.undecided();
      const told = (await stage.door.shortcut(by, cardOf(stage, id) ?? '', more)) ?? '';
      must(wanted.test(told) && !told.includes(id), `The person got: ${told}`);
      return told;
    },
  };
}

const cardOf = ({ sandbox }: AttackStage, id: string): string | undefined =>
  sandbox.slack.messages().find(({ text, threadTs }) => text.includes(id) && threadTs === undefined)?.ts;

/** Replies to this message, and whatever is said outside of threads, but cards: attacks on the worker make some meanwhile. */
const answersTo = ({ sandbox }: AttackStage, ts: string | undefined): readonly string[] =>
  sandbox.slack
    .messages()
    .filter(
      ({ threadTs, text }) =>
        (threadTs !== undefined && threadTs === ts) || (threadTs === undefined && !/\(lab-\w+\)/.test(text)),
    )
    .map((message) => `${message.ts} ${message.text}`);

function quietly(name: string, tries: string, event: object): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const before = await stage.count();
      const ts = await written(stage);
      const known = new Set(answersTo(stage, ts));
      await stage.door.event({ ...event, ts });
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      must((await stage.count()) === before, 'The event made a change.');
      const answers = answersTo(stage, ts).filter((text) => !known.has(text));
      must(answers.length === 0, `The bot answered it: ${answers.join(' ')}`);
      return 'ignored';
    },
  };
}

function heard(name: string, tries: string, wanted: RegExp, event: object, more: object = {}): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const before = await stage.count();
      const told = await explained(stage, wanted, event, more);
      must((await stage.count()) === before, 'The event made a change.');
      return told;
    },
  };
}

/** The private words that the person gets. */
async function explained(stage: AttackStage, wanted: RegExp, event: object, more: object): Promise<string> {
  const { slack } = stage.sandbox;
  const ts = await written(stage);
  const known = slack.messages().length;
  await stage.door.event({ ...event, ts }, more);
  const told = () =>
    stage.sandbox.slack
      .messages()
      .slice(known)
      .find(({ ephemeralFor, text }) => ephemeralFor !== undefined && wanted.test(text))?.text;
  await stage.until('an explanation', async () => told() !== undefined, 20_000);
  return told() ?? '';
}

/** A message that exists, as that of a real event does, so that the bot could reply. The app has no scope to hear of it. */
async function written({ sandbox: { slack } }: AttackStage): Promise<string | undefined> {
  await slack.command('mallory', 'a message');
  return slack.messages().at(-1)?.ts;
}
