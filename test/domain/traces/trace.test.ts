import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { refOf, type Span, WHOLE } from '../../../src/domain/traces/span.ts';
import { spansOf } from '../../../src/domain/traces/trace.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import {
  approved,
  approvedFor,
  at,
  BOB,
  DEPLOY_FAILED,
  going,
  ID,
  planned,
  requested,
} from '../../slack/card-events.ts';

const begins = (step: string, when: string): ChangeEvent => ({ type: 'step-started', at: when, step });
const ends = (step: string, when: string, seconds = 1): ChangeEvent => ({
  ...{ type: 'step-done', at: when, step, seconds },
  already: false,
});
const failed = (when: string): ChangeEvent => ({ type: 'failed', at: when, failure: DEPLOY_FAILED });
const proof = { served: 3, expected: 3, archives: 3, engines: 4, engineTotal: 4, blobs: 9 };
const done = (when: string): ChangeEvent => ({ type: 'done', at: when, proof, seconds: 480 });

const COPY = 'copy:node-2:metalk8s-128.0.1';
const DEPLOY = 'deploy:node-2';

/** Approved again at 10:20 by people; the worker notes it at 10:21. */
function approvedAgain(): ChangeEvent {
  const event = approved();
  if (event.type !== 'approved') throw new Error('it is no approval');
  const approval = { ...event.signed.approval, at: at(20), nonce: 'again' };
  return { ...event, at: at(21), signed: { ...event.signed, approval } };
}

const untilDeploy: readonly ChangeEvent[] = [
  ...going,
  { type: 'step-done', at: at(2, 2), step: 'copy:node-2:metalk8s-127.0.6', already: true, seconds: 0 },
  begins(COPY, at(2, 3)),
  ends(COPY, at(4), 117),
  begins(DEPLOY, at(4, 1)),
];
const failedAtDeploy: readonly ChangeEvent[] = [
  ...untilDeploy,
  { type: 'step-failed', at: at(5), step: DEPLOY, seconds: 59, failure: DEPLOY_FAILED },
  failed(at(5, 1)),
];
const retried: readonly ChangeEvent[] = [
  ...failedAtDeploy,
  approvedAgain(),
  { type: 'started', at: at(22) },
  begins(DEPLOY, at(22, 1)),
  { type: 'job-started', at: at(22, 2), step: 'engines', jid: '20261122102202000000' },
  ends(DEPLOY, at(23)),
  begins('engines', at(23, 1)),
  { type: 'job-started', at: at(23, 2), step: 'engines', jid: '20261122102302000000' },
  ends('engines', at(24)),
  done(at(25)),
];

/** One line for each span below its parent, without what every span has. */
function tree(spans: readonly Span[], parent: string | null = null): readonly string[] {
  const children = spans.filter((span) => span.parent === parent);
  return children
    .toSorted((one, other) => Date.parse(one.from) - Date.parse(other.from))
    .flatMap((span) => [lineOf(span), ...tree(spans, span.span).map((line) => `    ${line}`)]);
}

function lineOf({ name, from, to, status, attributes, span, links }: Span): string {
  const shared = ['registry_ha.change', 'registry_ha.cluster', 'registry_ha.verb'];
  const own = Object.entries(attributes).filter(([key]) => !shared.includes(key));
  const says = own.map(([key, value]) => `${key}=${value}`).join(' ');
  const linked = links.map((link) => ` → ${link.trace} ${link.span}`).join('');
  const is = status.is === 'error' ? `error “${status.says}”` : status.is;
  return `${from.slice(11, 19)}–${to.slice(11, 19)} ${name} [${span}] ${is} ${says}${linked}`.trimEnd();
}

describe('the trace of a change', () => {
  it('shows planning, approval, queue and every step of a change that is done', () => {
    const proved = [begins('verify', at(5, 1)), ends('verify', at(8), 179), done(at(8, 1))];
    expectGolden('traces/done', tree(spansOf([...untilDeploy, ends(DEPLOY, at(5), 59), ...proved])));
  });

  it('has the failure of a step, and a retry inside of the same trace', () => {
    expectGolden('traces/failed-and-retried', tree(spansOf(retried)));
  });

  it('shows an attempt that a dead worker left, and its repetition', () => {
    const events = [...untilDeploy, begins(DEPLOY, at(6)), ends(DEPLOY, at(7)), done(at(8))];
    expectGolden('traces/interrupted', tree(spansOf(events)));
  });

  it('ends with the step that a cancel has cut', () => {
    expectGolden('traces/cancelled', tree(spansOf([...untilDeploy, { type: 'cancelled', at: at(5), by: BOB }])));
  });

  it('of an undo points to the change that it undoes', () => {
    const [, ...rest] = going;
    const undo = { verb: 'undo', undoes: 'lab-aaaaaa', cluster: 'lab', nodes: ['node-2'] } as const;
    const spans = spansOf([{ ...requested(), intent: undo }, ...rest, done(at(9))]);
    expectGolden('traces/undo', tree(spans));
    expect(spans.at(-1)?.links).toEqual([refOf('lab-aaaaaa', WHOLE)]);
  });

  it('ends in the queue if the worker refuses the approval', () => {
    const refusal = { refused: 'plan-stale', says: 'The cluster has changed.' } as const;
    const events = [requested(), planned(), approvedFor(at(3)), { type: 'refused', at: at(4), refusal } as const];
    expectGolden('traces/refused', tree(spansOf(events)));
  });

  it('of a failed planning is one error', () => {
    expectGolden('traces/failed-before-a-plan', tree(spansOf([requested(), failed(at(1))])));
  });
});

describe('spans', () => {
  it('have IDs that follow from the ID of the change, so that anyone can compute the ID of a trace', () => {
    const [hash] = execFileSync('sh', ['-c', 'printf %s "$0" | sha256sum', ID], { encoding: 'utf8' }).split(' ');
    expect(new Set(spansOf(retried).map(({ trace }) => trace))).toEqual(new Set([hash?.slice(0, 32)]));
  });

  it('have an ID each, and a parent in the same trace', () => {
    const spans = spansOf(retried);
    const ids = spans.map(({ span }) => span);
    expect(new Set(ids).size).toBe(ids.length);
    expect(spans.filter(({ parent }) => parent === null).map(({ name }) => name)).toEqual(['change add']);
    expect(spans.filter(({ parent }) => parent !== null && !ids.includes(parent))).toEqual([]);
  });

  it('that have ended stay as they are, whatever follows', () => {
    const whole = spansOf(retried);
    for (const [n] of retried.entries()) {
      const before = spansOf(retried.slice(0, n));
      expect(whole.slice(0, before.length)).toEqual(before);
    }
  });

  it('never end before they begin, even if the bot’s clock is ahead', () => {
    const late = { ...requested(), at: at(30) };
    const spans = spansOf([late, ...retried.slice(1)]);
    expect(spans.filter(({ from, to }) => Date.parse(to) < Date.parse(from))).toEqual([]);
  });

  it('come from one approval only once, even if a worker died before the start and noted it again', () => {
    const [begin, plan, approval, ...rest] = retried;
    if (begin === undefined || plan === undefined || approval === undefined) throw new Error('too few events');
    const twice = [begin, plan, approval, { ...approval, at: at(2, 0) }, ...rest];
    expect(spansOf(twice)).toEqual(spansOf(retried));
  });

  it('stop at the end: a notice of an undo, or a second end, adds none', () => {
    const whole = spansOf(retried);
    const more: readonly ChangeEvent[] = [
      { type: 'undone', at: at(40), change: 'lab-bbbbbb' },
      { type: 'cancelled', at: at(41), by: BOB },
    ];
    expect(spansOf([...retried, ...more])).toEqual(whole);
  });

  it('are none without the request, which an older file of the journal may have', () => {
    expect(spansOf(retried.slice(1))).toEqual([]);
  });
});
