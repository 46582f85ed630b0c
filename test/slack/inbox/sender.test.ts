import { describe, expect, it } from 'vitest';
import { type Sender, unwelcome } from '../../../src/slack/inbox/sender.ts';

const usual: Sender = { teams: ['T1', 'T1'], enterprises: [null, undefined], isBot: false, isShared: false };
const home = { team: 'T1', enterprise: null };

describe('the sender of a payload', () => {
  it.each([
    ['accepts people of the bot’s workspace', usual, home, null],
    [
      'accepts people of the bot’s organisation',
      { ...usual, enterprises: ['E1'] },
      { ...home, enterprise: 'E1' },
      null,
    ],
    ['rejects people of another workspace', { ...usual, teams: ['T2', 'T2'] }, home, 'own Slack workspace'],
    ['rejects people from a shared channel', { ...usual, teams: ['T2', 'T1'] }, home, 'own Slack workspace'],
    ['rejects a payload without a workspace', { ...usual, teams: [undefined] }, home, 'own Slack workspace'],
    [
      'rejects people of another organisation',
      { ...usual, enterprises: ['E2'] },
      { ...home, enterprise: 'E1' },
      'own Slack workspace',
    ],
    ['rejects a channel that is marked as shared', { ...usual, isShared: true }, home, 'shared with another'],
    ['rejects bots', { ...usual, isBot: true }, home, 'only from people'],
  ])('%s', (_, sender, at, expected) => {
    const says = unwelcome(sender, at);
    if (expected === null) expect(says).toBeNull();
    else expect(says).toContain(expected);
  });
});
