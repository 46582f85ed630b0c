import { expect, it } from 'vitest';
import { commandText } from '../../../sandbox/slack/people/command-text.ts';
import { ALICE, BOB, OPS } from './slack-for-tests.ts';

const known = { people: [ALICE, BOB], channels: [OPS] };

it.each([
  ['  add node-2 ', 'add node-2'],
  ['ask @bob', 'ask <@U0BOB|bob>'],
  ['@bob @alice in #ops', '<@U0BOB|bob> <@U0ALICE|alice> in <#C0OPS|ops>'],
  ['ask @carol in #nowhere', 'ask @carol in #nowhere'],
  ['tell @here', 'tell <!here>'],
  ['a & b <c>', 'a &amp; b &lt;c&gt;'],
  ['see https://a.example/x', 'see <https://a.example/x>'],
  ['add node-2.example.com', 'add <http://node-2.example.com|node-2.example.com>'],
  ['add node-2.cluster.local', 'add node-2.cluster.local'],
])('the bot parses what Slack makes of: %s', (typed, sent) => {
  expect(commandText(typed, true, known)).toBe(sent);
});

it('sends names without should_escape, but still escapes &, < and >', () => {
  expect(commandText('ask @bob < #ops', false, known)).toBe('ask @bob &lt; #ops');
});
