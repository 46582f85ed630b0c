import type { Mutant } from '../mutant.ts';

const HERE = ['test/app/here/here.test.ts'];
const SCREEN = ['test/terminal/screen.test.ts'];
const MEMORY = ['test/adapters/journal/entries/memory.test.ts'];

const DESK = ['test/app/desk/desk.test.ts'];
/** The questions on the terminal: what they say they know, and that they leave the worker alone. */
export const TERMINAL: readonly Mutant[] = [
  {
    name: 'a proof on the terminal begins beside a change of the worker',
    file: 'src/app/here/verify.ts',
    find: 'if (before !== null) return { busyWith: before };',
    replace: '',
    tests: HERE,
  },
  {
    name: 'a proof on the terminal goes on when the worker begins a change',
    file: 'src/app/here/verify.ts',
    find: 'return cut.abort(byChange(change));',
    replace: 'return;',
    tests: HERE,
  },
  {
    name: 'a change whose worker is dead keeps everybody from proving',
    file: 'src/app/here/ports.ts',
    find: '(await memory.isOpen()) ? await memory.applying() : null',
    replace: 'await memory.applying()',
    tests: HERE,
  },
  {
    name: 'a journal that cannot be read looks as if no change were open',
    file: 'src/app/here/status.ts',
    find: 'return { open: [], unread:',
    replace: 'return { open: [], unread: true ? null :',
    tests: HERE,
  },
  {
    name: 'a plan waits for an approval for ever, as far as the terminal says',
    file: 'src/app/here/changes.ts',
    find: 'Date.parse(planExpires) <= now.getTime()',
    replace: 'false',
    tests: HERE,
  },
  {
    name: 'a list leaves out what a newer version has written',
    file: 'src/adapters/journal/entries/memory.ts',
    find: 'if (strange !== undefined)',
    replace: 'if (false)',
    tests: MEMORY,
  },
  {
    name: 'HA that does not hold exits like HA that holds',
    file: 'src/terminal/outcome.ts',
    find: 'outcome.isWell ? EXIT.done : EXIT.failed',
    replace: 'EXIT.done',
    tests: SCREEN,
  },
  {
    name: 'a reason in the journal steers the terminal of who reads it',
    file: 'src/terminal/screen.ts',
    find: 'clean(withoutSecrets(text))',
    replace: 'withoutSecrets(text)',
    tests: SCREEN,
  },
  {
    name: 'an approval at the terminal counts in Slack, and the reverse',
    file: 'src/adapters/keys/approvals.ts',
    find: "'registry-ha terminal approval v1\\0'",
    replace: "'registry-ha approval v1\\0'",
    tests: ['test/adapters/keys/keys.test.ts'],
  },
  {
    name: 'a requester approves the own change at the terminal',
    file: 'src/domain/policy/terminal.ts',
    find: 'change.requester.id === id',
    replace: 'false',
    tests: DESK,
  },
  {
    name: 'anybody may break glass',
    file: 'src/domain/policy/terminal.ts',
    find: 'breakGlass.includes(login) ? null',
    replace: 'true ? null',
    tests: DESK,
  },
  {
    name: 'a plan is confirmed by any digest',
    file: 'src/app/desk/tell.ts',
    find: 'answer?.confirms === digest',
    replace: 'answer !== null',
    tests: DESK,
  },
  {
    name: 'a second terminal does not look whether a change runs',
    file: 'src/app/record/lost-record-watch.ts',
    find: 'if (busyWith === null) await',
    replace: 'await',
    tests: DESK,
  },
  {
    name: 'a cancel at the terminal is believed from anybody with Redis',
    file: 'src/adapters/keys/entries.ts',
    find: ' && !isOfTerminal(event)',
    replace: '',
    tests: ['test/adapters/redis/record/signed-entries.test.ts'],
  },
];
