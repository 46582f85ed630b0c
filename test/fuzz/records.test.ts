import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY_ENTRY } from '../../sandbox/seen/every-entry.ts';
import { verifyJournal } from '../../src/adapters/journal/entries/verify.ts';
import { digestOf, lineFrom, lineText, NO_LINE } from '../../src/adapters/journal/file/line.ts';
import { approvalChecker } from '../../src/adapters/keys/approvals.ts';
import { newKeyPair, publicKeyFrom } from '../../src/adapters/keys/pair.ts';
import { changeJobFrom } from '../../src/adapters/redis/queue/queue-jobs.ts';
import { entryFrom, entryText, progressFrom, progressText } from '../../src/adapters/redis/record/record-text.ts';
import type { ChangeEvent } from '../../src/domain/change/change.ts';
import { changeFrom } from '../../src/domain/change/fold.ts';
import { everyEvent, halfway } from '../contract/changes-events.ts';
import { failureOr, fuzz, fuzzAsync, jsonLike, spoilt } from './arbitraries.ts';

const ID = 'c1-abc234';
const EVENTS = everyEvent(ID);
/** As stored in Redis, for any event text. */
const kept = (event: string) => `{"event":${event},"key":"k1","signature":"AAAA"}`;
const TEXTS = EVENTS.flatMap((event) => [
  kept(JSON.stringify(event)),
  JSON.stringify({ event, mark: { line: 3, hash: NO_LINE }, key: 'k1', signature: 'AAAA' }),
]);
const KEYS = [
  'type',
  'at',
  'id',
  'intent',
  'verb',
  'cluster',
  'nodes',
  'requester',
  'channel',
  'plan',
  'digest',
  'expires',
  'step',
];
const WORDS = [
  'requested',
  'planned',
  'approved',
  'started',
  'step-done',
  'done',
  'add',
  '2026-03-01T10:00:00.000Z',
  ID,
];

const entry = fc.oneof(spoilt(TEXTS), jsonLike(KEYS, WORDS).map(kept), fc.constantFrom(...TEXTS));
const pair = newKeyPair();
const checker = approvalChecker({ keys: [pair] });

describe('an entry of a record in Redis', { timeout: 600_000 }, () => {
  it('is a written entry, or is ignored', () => {
    fuzz(entry, (text) => {
      const read = entryFrom(text);
      if (read === null || 'raw' in read) return;
      const { event, mark } = read;
      const again = entryText({ change: ID, position: 1, event, ...(mark === undefined ? {} : { mark }) }, EVERY_ENTRY);
      expect(entryFrom(again)).toMatchObject({ event });
    });
  });

  it('yields progress, or a reported fault of the record', () => {
    const text = fc.oneof(
      spoilt([progressText(ID, halfway, EVERY_ENTRY)]),
      jsonLike(['step', 'at', 'done', 'total', 'unit', 'note'], ['bytes']),
    );
    fuzz(text, (one) => {
      const read = progressFrom(ID, one, EVERY_ENTRY);
      if (read !== null) expect(progressFrom(ID, progressText(ID, read, EVERY_ENTRY), EVERY_ENTRY)).toEqual(read);
    });
  });

  it('yields a change in any order, or none', () => {
    fuzz(fc.array(fc.constantFrom(...EVENTS), { maxLength: 8 }), (events: readonly ChangeEvent[]) => {
      const change = changeFrom(events);
      expect(change === null || change.id === ID).toBe(true);
    });
  });

  it('is an approval only if its exact content is signed', () => {
    const signed = EVENTS.flatMap((event) => (event.type === 'approved' ? [event] : []));
    fuzz(spoilt(signed.map((event) => kept(JSON.stringify(event)))), (text) => {
      const read = entryFrom(text);
      if (read !== null && 'event' in read && read.event.type === 'approved')
        expect(checker.isGenuine(read.event.signed)).toBe(false);
    });
  });
});

describe('a job in the queue', { timeout: 600_000 }, () => {
  it('is a job of this cluster with its own name, or is rejected', () => {
    const name = fc.oneof(
      fc.constantFrom('plan-c1-aaaaaa-1', 'apply-c1-aaaaaa-1', 'apply-c2-aaaaaa-1', '__proto__'),
      fc.string(),
    );
    fuzz(
      fc.tuple(name, jsonLike(['kind', 'id', 'command'], ['plan', 'apply', 'c1-aaaaaa', 'c2-aaaaaa'])),
      ([id, text]) => {
        const job = changeJobFrom('c1', id, JSON.parse(text));
        if (job !== null) expect(id).toBe(`${job.kind}-${job.id}-1`);
      },
    );
  });
});

describe('a line of the journal', { timeout: 600_000 }, () => {
  it('is a written line, a line of a newer version, or an explanation of the fault', () => {
    const lines = EVENTS.map((event, n) => lineText({ seq: n + 1, prev: NO_LINE, change: ID, event }));
    fuzz(fc.oneof(spoilt(lines), jsonLike(['seq', 'prev', 'change', 'event', ...KEYS], WORDS)), (text) => {
      const line = lineFrom(text);
      if (typeof line !== 'string' && !('newer' in line)) expect(lineFrom(lineText(line))).toEqual(line);
    });
  });

  it('cannot be changed unless the file is rejected, or ends before it', async () => {
    const lines: string[] = [];
    for (const [n, event] of EVENTS.slice(0, 4).entries()) {
      lines.push(lineText({ seq: n + 1, prev: n === 0 ? NO_LINE : digestOf(lines[n - 1] ?? ''), change: ID, event }));
    }
    const [good, last] = [`${lines.slice(0, -1).join('\n')}\n`, `${lines.at(-1)}\n`];
    await fuzzAsync(fc.tuple(spoilt([good]), fc.integer({ min: 1, max: 2_000 })), async ([changed, size]) => {
      const content = Buffer.from(changed + last);
      const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, n) =>
        content.subarray(n * size, (n + 1) * size),
      );
      const found = await verifyJournal('journal', chunks).catch((error: unknown) =>
        failureOr(() => {
          throw error;
        }, 'journal-damaged'),
      );
      // A cut within the last line looks like a crash: everything before it must be unchanged.
      if (!(found instanceof Error))
        expect((good + last).startsWith((changed + last).slice(0, found.bytes))).toBe(true);
    });
  });
});

describe('a key', { timeout: 600_000 }, () => {
  it('is an Ed25519 key, or is rejected', () => {
    const text = fc.oneof(spoilt([pair.publicKeyPem, pair.privateKeyPem]), fc.string({ unit: 'binary' }));
    fuzz(text, (pem) => void failureOr(() => publicKeyFrom(pem), 'key-unusable'));
  });
});
