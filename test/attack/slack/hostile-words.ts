import { join } from 'node:path';
import { holds } from '../../../sandbox/seen/texts.ts';
import { journalCommand } from '../../../src/commands/journal.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { withExchangedPlan, withForgedEntries } from '../redis/forged-record.ts';
import { type AttackStage, BOB, type Target } from '../stage/attack-stage.ts';
import { markupIn } from './markup.ts';

const MARK = 'zq7';
const HOSTILE = `${MARK} <!channel> <@U0MALLORY> <http://evil|ok> *b* \`c\` \u001b[31mred\u001b[0m \u202eRTL\u0000 &lt;!here&gt;`;
const FAULT = 'state-fails';
const END_LIMIT_MS = 400_000;

/** Texts from elsewhere that people see: Salt's comments, and everything in the record. */
export function hostileWordAttacks(): readonly Attack[] {
  const failure = { kind: HOSTILE, where: HOSTILE, what: HOSTILE, next: HOSTILE, detail: HOSTILE };
  const at = new Date().toISOString();
  return [
    inRecord('refusal', () => [
      { type: 'refused', at, refusal: { refused: 'no-space', says: HOSTILE, tryNext: HOSTILE } },
    ]),
    inRecord('failure', () => [{ type: 'failed', at, failure }]),
    inRecord('step', ({ change }) => {
      const step = change.plan?.approved.steps[0]?.id ?? '';
      return [
        { type: 'started', at },
        { type: 'step-started', at, step },
        { type: 'step-done', at, step, already: false, seconds: 1, note: HOSTILE },
      ];
    }),
    inRecord('name', () => [{ type: 'denied', at, by: { id: HOSTILE, name: HOSTILE } }]),
    inPlan(),
    saltComment(),
  ];
}

function inRecord(what: string, forge: (target: Target) => readonly ChangeEvent[]): Attack {
  return {
    on: 'bot',
    name: `words-in-a-${what}`,
    tries: `mentions, links, ANSI and RTL in a ${what} of the record`,
    async stopped(stage) {
      return await shownPlainly(stage, await withForgedEntries(stage, forge));
    },
  };
}

/** Every text of the plan is hostile. The bot does not check the digest of a plan that it only shows. */
function inPlan(): Attack {
  return {
    on: 'bot',
    name: 'words-in-a-plan',
    tries: 'mentions, links, ANSI and RTL in every text of a plan',
    async stopped(stage) {
      return await shownPlainly(stage, await withExchangedPlan(stage, hostilePlan));
    },
  };
}

function hostilePlan({ seen, approved, ...plan }: Plan): Plan {
  const archives = approved.archives.map((one) => ({ ...one, id: HOSTILE, version: HOSTILE, path: HOSTILE }));
  const steps = approved.steps.map((step) => ({
    ...step,
    says: HOSTILE,
    commands: [{ on: HOSTILE, command: { program: HOSTILE, args: [HOSTILE] } }],
  }));
  return {
    ...plan,
    approved: { ...approved, archives, steps, sideEffects: [HOSTILE] },
    seen: { ...seen, warnings: [HOSTILE], findings: [HOSTILE] },
  };
}

async function shownPlainly(stage: AttackStage, { id }: Target): Promise<string> {
  const isDrawn = await stage.drawnOrRefused(id);
  const messages = stage.sandbox.slack.messages();
  const [found] = messages.flatMap((message) => markupIn(message) ?? []);
  must(found === undefined, `A message contains ${found}.`);
  const card = stage.card(id);
  if (!isDrawn || card === undefined || !holds(card, MARK)) return 'none of the text was drawn';
  return 'drawn as plain text';
}

/** A state fails on the node with a hostile comment. */
function saltComment(): Attack {
  return {
    on: 'worker',
    name: 'words-in-a-salt-comment',
    tries: 'mentions, links, ANSI and RTL in the comment of a Salt state that fails',
    runs: true,
    async stopped(stage) {
      const { id, digest } = await stage.asked();
      await stage.sandbox.faults.plant(FAULT, ['node-2', 'metalk8s.archives.mounted', ...HOSTILE.split(' ')]);
      await stage.door.click({ by: BOB, action: 'registry-ha:approve', value: { change: id, digest } }, 1);
      await stage.until('a failure', async () => (await stage.get(id)).change.state === 'failed', END_LIMIT_MS);
      await stage.sandbox.faults.clear(FAULT);
      await stage.drawn(id);
      const card = stage.card(id);
      reached(card !== undefined && holds(card, MARK), 'The card does not show the comment.');
      const [found] = stage.sandbox.slack.messages().flatMap((message) => markupIn(message) ?? []);
      must(found === undefined, `A message contains ${found}.`);
      await mustPrintPlainly(stage, id);
      return 'drawn, printed and logged as plain text';
    },
  };
}

/** A terminal must not interpret the text either, in the printed journal or in the logs. */
async function mustPrintPlainly(stage: AttackStage, id: string): Promise<void> {
  const printed: string[] = [];
  await journalCommand('show', id, join(stage.sandbox.folder, 'worker', 'journal.jsonl'), (line) => printed.push(line));
  const all = [...printed, ...(await stage.logOf('worker')).split('\n'), ...(await stage.logOf('bot')).split('\n')];
  const raw = all.find((line) => /\p{Cc}/u.test(line));
  must(raw === undefined, `A terminal would interpret this line: ${JSON.stringify(raw)}`);
}
