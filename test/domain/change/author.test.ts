import { expect, it } from 'vitest';
import { loginPerson } from '../../../src/domain/change/approval.ts';
import { type Author, mayWrite, NO_CARD } from '../../../src/domain/change/author.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { failure, requested } from '../../contract/changes-events.ts';

const at = '2026-11-22T10:00:00.000Z';
const refused = (code: 'approval-withdrawn' | 'no-space'): ChangeEvent => ({
  type: 'refused',
  at,
  refusal: { refused: code, says: 'No.' },
});

it.each<readonly [string, ChangeEvent, readonly Author[]]>([
  ['a request', requested('c1-abc234'), ['bot']],
  ['a request that is told again', { ...requested('c1-abc234'), retold: { approvals: 1 } }, ['worker']],
  ['a failure', { type: 'failed', at, failure }, ['worker']],
  ['a failure for want of a card', { type: 'failed', at, failure: { ...failure, kind: NO_CARD } }, ['bot', 'worker']],
  ['a request at the terminal', { ...requested('c1-abc234'), terminal: { login: 'alice', uid: 0 } }, []],
  [
    'a request at the terminal that Redis is told',
    { ...requested('c1-abc234'), terminal: { login: 'alice', uid: 0 }, retold: { approvals: 1 } },
    ['worker'],
  ],
  ['a cancel in Slack', { type: 'cancel-requested', at, by: { id: 'U0BOB', name: 'bob' } }, ['bot']],
  ['a cancel at the terminal', { type: 'cancel-requested', at, by: loginPerson('bob') }, ['worker']],
  ['a vote at the terminal', { type: 'voted', at, by: loginPerson('bob'), counts: [], needed: 2 }, ['worker']],
  ['a denial at the terminal', { type: 'denied', at, by: loginPerson('bob') }, ['worker']],
  ['a refusal', refused('no-space'), ['worker']],
  ['a refusal that revokes an approval', refused('approval-withdrawn'), ['bot', 'worker']],
])('%s is written by those alone who may decide it', (_, event, authors) => {
  expect((['bot', 'worker'] as const).filter((author) => mayWrite(author, event))).toEqual(authors);
});
