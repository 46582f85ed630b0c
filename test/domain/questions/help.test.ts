import { expect, it } from 'vitest';
import { untrustedBot } from '../../../src/domain/answers/bot-key.ts';
import { help } from '../../../src/domain/questions/help/help.ts';
import { type HelpTroubles, NO_TROUBLES, troubleLines } from '../../../src/domain/questions/help/troubles.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';
import { expectGolden } from '../../fixtures/golden.ts';

const known = { rights: [], questions: [], isPrivate: false, off: [], closed: [], troubles: NO_TROUBLES };

it('help says which optional features are off, and why', () => {
  const off = ['Mentions are off: the Slack app lacks the optional scope app_mentions:read.'];
  expect(help.answer({ ...known, off }, PLAIN)).toContain(off[0]);
  expect(help.answer(known, PLAIN)).not.toContain('off');
});

it('help names the channels in which the bot cannot write, and what to do', () => {
  const says = help.answer({ ...known, closed: ['C0OPS', 'C0LAB'] }, MRKDWN);
  expect(says).toContain('The bot cannot write in <#C0OPS> and <#C0LAB>');
  expect(help.answer(known, MRKDWN)).not.toContain('cannot write');
});

it('help in direct messages says that they are for questions', () => {
  expect(help.answer({ ...known, isPrivate: true }, PLAIN)).toContain('the bot answers questions only');
});

const SINCE = '2026-11-22T07:05:00.000Z';
const silent = { is: 'silent', since: SINCE } as const;
const skew = {
  refused: 'clock-skew',
  says: 'The clock of the worker of lab is 2 min behind.',
  tryNext: 'Set it.',
} as const;
const untrusted = untrustedBot('lab', '1f2e3d4c5b6a');
const MANY = Array.from({ length: 300 }, (_, at) => `cluster-${at + 1}`);

const workersOf = (worker: HelpTroubles['workers'][number]['worker'], ...clusters: readonly string[]) => ({
  ...NO_TROUBLES,
  workers: clusters.map((cluster) => ({ cluster, worker })),
});
const botWith = (...bot: HelpTroubles['bot']) => ({ ...NO_TROUBLES, bot });

/** Each kind of trouble, of one cluster and of several. */
const TROUBLES: Readonly<Record<string, HelpTroubles>> = {
  'a silent worker': workersOf(silent, 'lab'),
  'a worker that was never heard': workersOf({ is: 'silent', since: null }, 'lab'),
  'silent workers': workersOf(silent, ...MANY),
  'a hindered worker': workersOf({ is: 'hindered', says: 'Its disk <is> full.' }, 'lab'),
  'hindered workers': workersOf({ is: 'hindered', says: 'Its disk is full.' }, 'lab', 'prod'),
  'an unverified worker': workersOf({ is: 'unverified' }, 'lab'),
  'newer workers': workersOf({ is: 'newer' }, 'lab', 'prod'),
  'clocks that differ': { ...NO_TROUBLES, clocks: [{ cluster: 'lab', refusal: skew }] },
  'clocks that differ in many': { ...NO_TROUBLES, clocks: MANY.map((cluster) => ({ cluster, refusal: skew })) },
  'a worker that does not trust the bot': { ...NO_TROUBLES, keys: [{ cluster: 'lab', refusal: untrusted }] },
  'workers that do not trust the bot': {
    ...NO_TROUBLES,
    keys: MANY.map((cluster) => ({ cluster, refusal: untrusted })),
  },
  'a worker that was not checked': { ...NO_TROUBLES, unchecked: ['lab'] },
  'workers that were not checked': { ...NO_TROUBLES, unchecked: MANY },
  'a shared app token': botWith({ is: 'token-shared' }),
  'a refused configuration': botWith({ is: 'files-refused' }),
  'settings of Redis': botWith({ is: 'redis-settings', says: ['Redis loses queued changes at a restart: set it.'] }),
  'rights in Redis': botWith({ is: 'redis-rights', missing: ['get', 'set', 'keys of lab', 'xadd', 'zadd', 'zrem'] }),
};

it('help names each kind of problem in one line with the way out', () => {
  const said = Object.entries(TROUBLES).map(([name, troubles]) => [name, troubleLines(troubles, MRKDWN)] as const);
  for (const [name, lines] of said) expect(lines, name).toHaveLength(2);
  expectGolden('help/troubles', Object.fromEntries(said.map(([name, [, line]]) => [name, line])));
});

it('help begins with the problems, and stays short with every kind in 300 clusters', () => {
  const everything = {
    workers: (['silent', 'unverified', 'newer'] as const).flatMap((is) =>
      MANY.map((cluster) => ({ cluster, worker: is === 'silent' ? silent : { is } })),
    ),
    clocks: MANY.map((cluster) => ({ cluster, refusal: skew })),
    keys: MANY.map((cluster) => ({ cluster, refusal: untrusted })),
    unchecked: MANY,
    bot: Object.values(TROUBLES).flatMap(({ bot }) => bot),
  };
  const says = help.answer({ ...known, troubles: everything }, MRKDWN);
  const [first = '', ...lines] = says.split('\n');
  expect(first).toBe('*Problems that the bot knows of*');
  expect(lines.indexOf('*Registries of a MetalK8s cluster: what you may do here*')).toBe(10);
  expect(says.length).toBeLessThan(3_000);
  expect(help.answer(known, MRKDWN)).not.toContain('Problems');
});
