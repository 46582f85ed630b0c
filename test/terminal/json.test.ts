import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChangesKnown } from '../../src/domain/questions/changes/changes.ts';
import { HERE, type HereQuestion } from '../../src/domain/questions/here.ts';
import { judge } from '../../src/domain/questions/status/judge.ts';
import {
  changesJson,
  historyJson,
  logJson,
  planJson,
  showJson,
  statusJson,
  verifyJson,
} from '../../src/terminal/json.ts';
import { PROVEN } from '../contract/proofs.contract.ts';
import { inspectionOf } from '../fixtures/inspection.ts';
import { base, changeOf } from '../slack/card-events.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/terminal.md'), 'utf8');
/** The names in code font, without what is in brackets behind a name. */
const namesIn = (text: string): readonly string[] =>
  [...text.replaceAll(/\([^()]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

const change = changeOf(base);
const listed = { change, card: null, waitsFor: [] };
const ask: ChangesKnown['ask'] = { cluster: 'lab', which: 'all', onlyMine: false, node: null };
const intent = change.intent;
if (change.plan === undefined) throw new Error('The change has no plan.');
const dryRun = { intent, during: null, found: { is: 'planned', plan: change.plan } } as const;

const JSON_OF: Readonly<Record<HereQuestion, object>> = {
  status: statusJson({
    clusters: [
      {
        ...{ cluster: 'lab', worker: { is: 'there' }, open: [listed], here: { unread: null }, windows: [] },
        seen: { is: 'seen', status: judge(inspectionOf()), ageMs: 0, answers: 0 },
        held: { holds: [], freeze: null },
        fresh: 'none',
      },
    ],
  }),
  verify: verifyJson({
    ask: { cluster: 'lab', nodes: [], deep: false },
    phase: { is: 'proved-here', result: PROVEN },
  }),
  plan: planJson({ intent, phase: { is: 'answered', dryRun }, notNow: null }),
  changes: changesJson({ ask, clusters: ['lab'], found: [listed], isCut: false }),
  show: showJson(listed),
  log: logJson({ ...listed, events: [] }),
  history: historyJson({ ask: { cluster: 'lab', node: 'node-2' }, found: [listed], from: 'journal', isCut: false }),
};

describe('the JSON of the terminal', () => {
  it.each(HERE)('of %s has the fields that its page names', (question) => {
    const [, row = ''] = new RegExp(`^\\| \`${question}\` \\| (.*) \\|$`, 'm').exec(PAGE) ?? [];
    expect(Object.keys(JSON_OF[question])).toEqual(['question', ...namesIn(row)]);
    expect(JSON_OF[question]).toMatchObject({ question });
  });

  it('of a change has the fields that its page names, and null for what it does not have', () => {
    const [sentence = ''] = /^A change has [^.]*\./m.exec(PAGE) ?? [];
    const shown = JSON.parse(JSON.stringify(showJson(listed))).change;
    expect(Object.keys(shown)).toEqual(namesIn(sentence));
    expect(shown).toMatchObject({ id: change.id, endedAt: null, failure: null });
  });
});
