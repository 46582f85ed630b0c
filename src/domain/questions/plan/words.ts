import type { Refusal } from '../../answers/refusal.ts';
import { type Intent, intentInWords, undoneChange } from '../../plan/intent.ts';
import type { Markup } from '../../text/markup.ts';
import { quoted } from '../../typed/tokenize.ts';
import { verbPlug } from '../../verbs/verbs.ts';
import { besideInWords } from './beside.ts';
import type { DryRun } from './dry-run.ts';
import type { PlanKnown, PlanPhase } from './view.ts';

/** The private answer; the plan itself is shown below it. */
export function planInWords(known: PlanKnown, markup: Markup): string {
  const { intent, phase } = known;
  switch (phase.is) {
    case 'asked':
      return `The worker inspects ${markup.text(intent.cluster)} and makes the plan. It follows here, for you alone. ${NOTHING}`;
    case 'answered':
      return answeredInWords(known, phase.dryRun, markup);
    case 'worker-away':
    case 'busy':
    case 'lost':
      return `${markup.text(intent.cluster)}: there is no plan. ${whyNot(phase, markup)}`;
  }
}

const NOTHING = 'Nothing was requested, and nobody was notified.';

function answeredInWords(
  { intent, notNow, beside = [] }: PlanKnown,
  { found, during }: DryRun,
  markup: Markup,
): string {
  const { text, strong, code } = markup;
  const plan = found.is === 'planned' ? { plan: found.plan } : {};
  const aim = verbPlug(intent.verb).words.aim({ intent, ...plan });
  const running =
    during === null
      ? []
      : [`${code(during)} was in progress meanwhile. When it has ended, the plan or the refusal may be another one.`];
  const refused = notNow === null ? [] : [`A request would be refused now: ${said(notNow, markup)}`];
  return [
    strong(text(`Dry run: ${aim}`)),
    foundInWords(found, markup),
    ...running,
    ...refused,
    ...(beside.length === 0 ? [] : [text(besideInWords(beside))]),
    `To request it: ${code(typedLine(intent))}`,
  ].join('\n');
}

function foundInWords(found: DryRun['found'], markup: Markup): string {
  const { text } = markup;
  switch (found.is) {
    case 'planned':
      return `${NOTHING} This is the plan for the cluster as it is now. A request makes a plan of its own, which another person approves.`;
    case 'refused':
      return `The change would be refused: ${said(found.refusal, markup)}\n${NOTHING}`;
    case 'failed':
      return `There is no plan. ${text(found.failure.what)} ${text(found.failure.next)}\n${NOTHING}`;
  }
}

const said = ({ says, tryNext }: Refusal, { text }: Markup): string =>
  tryNext === undefined ? text(says) : `${text(says)} ${text(tryNext)}`;

/** The command that requests the change. */
export function typedLine(intent: Intent): string {
  const undone = undoneChange(intent);
  const { cluster, reason } = intent;
  return [
    '/registry-ha',
    ...(undone === null ? [intentInWords(intent), '--cluster', cluster] : [intent.verb, undone]),
    ...(reason === undefined ? [] : [`--reason ${quoted(reason)}`]),
  ].join(' ');
}

type NoPlan = Extract<PlanPhase, { readonly is: 'worker-away' | 'busy' | 'lost' }>;

/** Why there is no plan, and what to do. */
function whyNot(phase: NoPlan, { text, code, moment }: Markup): string {
  const check = `Check the worker on the bootstrap node: ${code('systemctl status registry-ha-worker')}`;
  if (phase.is === 'busy') return 'Many other dry runs wait for the worker. Run the command again in a minute.';
  if (phase.is === 'lost') return `${LOST[phase.why]} ${check}`;
  const { worker } = phase;
  switch (worker.is) {
    case 'hindered':
      return `The worker cannot work: ${text(worker.says)}`;
    case 'unverified':
      return `No trusted key has signed the worker’s heartbeat. ${check}`;
    case 'newer':
      return 'A newer version of the worker wrote its heartbeat. Update this bot.';
    case 'silent':
      return `The worker ${worker.since === null ? 'has never reported' : `is silent since ${moment(worker.since)}`}. ${check}`;
  }
}

const LOST: Readonly<Record<Extract<NoPlan, { readonly is: 'lost' }>['why'], string>> = {
  late: 'The worker did not answer within six minutes. If it is an older version, update it.',
  silent: 'The worker stopped reporting before it answered. Run the command again once it is back.',
  unverified: 'What Redis holds as its answer is not signed by a trusted worker for this request.',
  newer: 'A newer version of the worker wrote the answer. Update this bot.',
  other: 'The worker answered another request: somebody has changed it in Redis. Find out who else writes to Redis.',
};
