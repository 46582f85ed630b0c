import { expect, it } from 'vitest';
import { help } from '../../../src/domain/questions/help/help.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';

const known = { rights: [], questions: [], isPrivate: false, off: [] };

it('help says which optional features are off, and why', () => {
  const off = ['Mentions are off: the Slack app lacks the optional scope app_mentions:read.'];
  expect(help.answer({ ...known, off }, PLAIN)).toContain(off[0]);
  expect(help.answer(known, PLAIN)).not.toContain('off');
});

it('help in direct messages says that they are for questions', () => {
  expect(help.answer({ ...known, isPrivate: true }, PLAIN)).toContain('the bot answers questions only');
});
