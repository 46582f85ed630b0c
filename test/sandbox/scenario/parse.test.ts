import { expect, test } from 'vitest';
import { parseScenario } from '../../../sandbox/scenario/parse/parse.ts';

const CAST = { people: ['alice', 'bob', 'mallory'] };

/** The acts of a scenario, without line number and text. */
function actsOf(text: string): readonly unknown[] {
  const scenario = parseScenario(text, CAST);
  if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n'));
  return scenario.statements.map(({ line: _, text: __, ...act }) => act);
}

function mistakesOf(text: string): readonly string[] {
  const scenario = parseScenario(text, CAST);
  return scenario.is === 'wrong' ? scenario.mistakes : [];
}

test('parses the main job to four statements with line numbers', () => {
  const scenario = parseScenario(
    '# the main job\n\nalice> /registry-ha add node-2\nwait planned\r\nbob> click Approve\nwait done\n',
    CAST,
  );
  expect(scenario).toEqual({
    is: 'scenario',
    statements: [
      {
        line: 3,
        text: 'alice> /registry-ha add node-2',
        is: 'say',
        person: 'alice',
        command: '/registry-ha add node-2',
      },
      { line: 4, text: 'wait planned', is: 'wait', state: 'planned', seconds: 120 },
      { line: 5, text: 'bob> click Approve', is: 'click', person: 'bob', label: 'Approve' },
      { line: 6, text: 'wait done', is: 'wait', state: 'done', seconds: 120 },
    ],
  });
});

test('parses every form of statement', () => {
  expect(
    actsOf(`wait running copy:node-2 within 7.5
wait failed within 300   # Salt takes its time
expect text "a "quoted" word, a \\\\ and # no comment"
expect no text "Failed"
expect ephemeral mallory "You may not"
fault state-fails node-2 metalk8s.repo.installed no such file
clear fault ssh-cut
kill redis
start bot
iso-manager add 129.0.0
iso-manager remove 127.0.6   # frees its space
upgrade 129.0.0-alpha.1
solution import other-solution
solution unimport other-solution
node add node-4
node replace node-2   # a new disk
reboot node-2
engine pull node-3 metalk8s-128.0.1/pause:3.9
engine pull node-3 metalk8s-128.0.1/pause:3.9 from node-2
ssh-keygen -R node-2
sleep 0.5
alice> fill Nodes: node-2, node-3
alice> fill Reason:
alice> submit
alice> say @registry-ha add node-2
bob> reply @registry-ha why
alice> dm status
bob> shortcut Explain this change
bob> open home
expect home bob "HA holds"
terminal alice> add node-2 --reason "new disk"
expect terminal alice "exit 0"`),
  ).toEqual([
    { is: 'wait-running', step: 'copy:node-2', seconds: 7.5 },
    { is: 'wait', state: 'failed', seconds: 300 },
    { is: 'expect-text', wanted: 'a "quoted" word, a \\ and # no comment' },
    { is: 'expect-no-text', unwanted: 'Failed' },
    { is: 'expect-ephemeral', person: 'mallory', wanted: 'You may not' },
    { is: 'fault', name: 'state-fails', args: ['node-2', 'metalk8s.repo.installed', 'no', 'such', 'file'] },
    { is: 'clear-fault', name: 'ssh-cut' },
    { is: 'kill', service: 'redis' },
    { is: 'start', service: 'bot' },
    { is: 'operate', name: 'iso-manager', args: ['add', '129.0.0'] },
    { is: 'operate', name: 'iso-manager', args: ['remove', '127.0.6'] },
    { is: 'operate', name: 'upgrade', args: ['129.0.0-alpha.1'] },
    { is: 'operate', name: 'solution', args: ['import', 'other-solution'] },
    { is: 'operate', name: 'solution', args: ['unimport', 'other-solution'] },
    { is: 'operate', name: 'node', args: ['add', 'node-4'] },
    { is: 'operate', name: 'node', args: ['replace', 'node-2'] },
    { is: 'operate', name: 'reboot', args: ['node-2'] },
    { is: 'operate', name: 'engine', args: ['pull', 'node-3', 'metalk8s-128.0.1/pause:3.9'] },
    { is: 'operate', name: 'engine', args: ['pull', 'node-3', 'metalk8s-128.0.1/pause:3.9', 'from', 'node-2'] },
    { is: 'operate', name: 'ssh-keygen', args: ['-R', 'node-2'] },
    { is: 'sleep', seconds: 0.5 },
    { is: 'fill', person: 'alice', label: 'Nodes', words: 'node-2, node-3' },
    { is: 'fill', person: 'alice', label: 'Reason', words: '' },
    { is: 'submit', person: 'alice' },
    { is: 'write', person: 'alice', where: 'say', words: '@registry-ha add node-2' },
    { is: 'write', person: 'bob', where: 'reply', words: '@registry-ha why' },
    { is: 'write', person: 'alice', where: 'dm', words: 'status' },
    { is: 'write', person: 'bob', where: 'shortcut', words: 'Explain this change' },
    { is: 'open-home', person: 'bob' },
    { is: 'expect-home', person: 'bob', wanted: 'HA holds' },
    { is: 'terminal', person: 'alice', command: 'add node-2 --reason "new disk"' },
    { is: 'expect-terminal', person: 'alice', wanted: 'exit 0' },
  ]);
});

test.each([
  ['weit planned', 'Did you mean “wait”?'],
  ['wait plannd', 'Did you mean “planned”?'],
  ['wait running', 'Write a step after “wait running”'],
  ['wait done within soon', 'Write a number of seconds after “within”.'],
  ['wait done soon', 'Usage: wait planned|refused'],
  ['carol> click Approve', 'Known: alice, bob, mallory'],
  ['alice> hello', 'fill LABEL: VALUE, submit, or open home'],
  ['expect text hello', 'Usage: expect text'],
  ['expect text ""', 'Usage: expect text'],
  ['expect ephemeral carol "no"', 'Unknown person “carol”'],
  ['fault', 'Write the name of a fault.'],
  ['clear ssh-cut', 'Usage: clear fault NAME.'],
  ['kill slack', 'Known: bot, worker, redis'],
  ['sleep long', 'Usage: sleep SECONDS'],
  ['iso-manager 129.0.0', 'Usage: iso-manager add|remove VERSION.'],
  ['iso-manager delete 129.0.0', 'Usage: iso-manager add|remove VERSION.'],
  ['iso-manager add metalk8s-129', 'Usage: iso-manager add|remove VERSION.'],
  ['upgrade to 129.0.0', 'Usage: upgrade VERSION.'],
  ['solution import', 'Usage: solution import|unimport NAME.'],
  ['node remove node-2', 'Usage: node add|delete|replace NODE.'],
  ['reboot', 'Usage: reboot NODE.'],
  ['engine pull node-2', 'Usage: engine pull NODE IMAGE [from NODE].'],
  ['engine pull node-2 pause:3.9 by node-3', 'Usage: engine pull NODE IMAGE [from NODE].'],
  ['ssh-keygen node-2', 'Usage: ssh-keygen -R NODE.'],
  ['solutoin import x', 'Did you mean “solution”?'],
  ['', 'The scenario has no statements'],
])('a scenario with the line “%s” is refused with a sentence that says how it goes', (line, says) => {
  expect(mistakesOf(line).join('\n')).toContain(says);
});

test('reports every mistake at once, with its line', () => {
  expect(mistakesOf('wait planned\nwiat done\n\nsleep')).toEqual([
    expect.stringMatching(/^line 2: .* The line is: wiat done$/),
    expect.stringMatching(/^line 4: .* The line is: sleep$/),
  ]);
});
