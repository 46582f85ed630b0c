import { describe, expect, it } from 'vitest';
import { type Sender, unwelcome } from '../../../src/slack/inbox/sender.ts';

const usual: Sender = { teams: ['T1', 'T1'], enterprises: [null, undefined], isBot: false, isShared: false };
const home = { team: 'T1', enterprise: null };

describe('who is heard', () => {
  it.each([
    ['people of the own workspace', usual, home, null],
    ['and of the own organisation', { ...usual, enterprises: ['E1'] }, { ...home, enterprise: 'E1' }, null],
    ['nobody of another workspace', { ...usual, teams: ['T2', 'T2'] }, home, 'another Slack workspace'],
    ['nobody who comes through a shared channel', { ...usual, teams: ['T2', 'T1'] }, home, 'another Slack workspace'],
    ['nobody who names no workspace', { ...usual, teams: [undefined] }, home, 'another Slack workspace'],
    ['nobody of another organisation', { ...usual, enterprises: ['E2'] }, { ...home, enterprise: 'E1' }, 'another'],
    ['nobody in a channel that says it is shared', { ...usual, isShared: true }, home, 'shared with another'],
    ['no bot', { ...usual, isBot: true }, home, 'people only'],
  ])('%s', (_, sender, at, expected) => {
    const says = unwelcome(sender, at);
    if (expected === null) expect(says).toBeNull();
    else expect(says).toContain(expected);
  });
});
