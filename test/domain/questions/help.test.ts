import { expect, it } from 'vitest';
import { help } from '../../../src/domain/questions/help/help.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';

const known = { rights: [], questions: [], isPrivate: false, off: [], closed: [] };

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
