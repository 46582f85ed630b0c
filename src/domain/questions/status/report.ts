import { isUnheard, type WorkerState } from '../../cluster/worker-state.ts';
import { activeHoldLines } from '../../policy/active-holds.ts';
import { windowInWords } from '../../policy/time.ts';
import { count, firstFew, secondsInWords } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { changeLine } from '../change-line.ts';
import { fitByRank, type RankedLine } from '../fit.ts';
import type { ClusterStatus, Gap } from './cluster-status.ts';
import type { ClusterView } from './view.ts';
import { enginesLine, firstLine, gapSentence, hasArchives, registryLine, serving, unknowns } from './words.ts';

/** Everything about one cluster, the most important first. */
export function wholeAnswer(view: ClusterView, markup: Markup): string {
  const { cluster, seen } = view;
  const known = seen.is === 'seen' ? seen.status : null;
  const lines: readonly RankedLine[] = [
    rank(0, markup.strong(markup.text(`${cluster}: ${verdictLine(view)}`))),
    ...workerLines(view, known, markup).map((says) => rank(0, says)),
    ...ageLines(view).map((says) => rank(0, says)),
    ...(known === null ? [] : statusLines(known, markup)),
    ...changeLines(view, markup),
    ...activeHoldLines(cluster, view.held, markup).map((says) => rank(3, says)),
    ...windowLines(view, markup),
    ...(view.here === undefined ? [] : [rank(7, ELSEWHERE)]),
    ...(view.worker.is === 'there'
      ? [rank(7, view.here === undefined ? 'The worker reports as it should.' : 'The worker runs.')]
      : []),
  ];
  return fitByRank(lines, markup.room).join('\n');
}

/** `lab: HA holds: … Inspected 3 min ago.` */
export function oneLine(view: ClusterView, { text, strong }: Markup): string {
  const { cluster, seen, worker } = view;
  const age = seen.is === 'seen' ? ` Inspected ${ageInWords(seen.ageMs)}.` : '';
  const silent = worker.is === 'there' ? '' : ` ${WORKER_SHORT[worker.is]}`;
  return `${strong(text(cluster))}: ${text(verdictLine(view))}${age}${silent}`;
}

/** The second answer if no new inspection came in time. */
export const lateAnswer = (view: ClusterView, markup: Markup): string =>
  `${oneLine(view, markup)} The worker has not finished a new inspection within a minute, so this is still the last one.`;

const WORKER_SHORT: Readonly<Record<Exclude<WorkerState['is'], 'there'>, string>> = {
  silent: 'Its worker is silent.',
  unverified: 'Its worker is unverified.',
  newer: 'Its worker is newer than this bot.',
  hindered: 'Its worker cannot work.',
};

function rank(of: number, text: string): RankedLine {
  return { rank: of, text };
}

/** What an older inspection has found may be wrong by now. */
const OLD_MS = 60 * 60_000;

type Looked = Pick<ClusterView, 'seen' | 'worker' | 'here'>;

/** True if the last inspection says how it is now: it is recent, and its worker would have said otherwise. */
export function isKnownNow({ seen, worker, here }: Looked): boolean {
  const isBlind = here === undefined && isUnheard(worker);
  return seen.is === 'seen' && !isBlind && seen.ageMs >= 0 && seen.ageMs <= OLD_MS;
}

function verdictLine(looked: Looked): string {
  const { seen } = looked;
  switch (seen.is) {
    case 'seen':
      return isKnownNow(looked)
        ? firstLine(seen.status)
        : `It is unknown whether HA holds now. Known last: ${firstLine(seen.status)}`;
    case 'none':
      return 'It is unknown whether HA holds: the worker has not inspected the cluster yet.';
    case 'unverified':
      return 'It is unknown whether HA holds: the last inspection is not signed by a trusted worker.';
    case 'newer':
      return 'It is unknown whether HA holds: a newer version of the worker wrote the last inspection. Update this bot.';
  }
}

/** When the cluster was inspected, and whether a newer answer may follow. */
function ageLines({ seen, fresh, here }: ClusterView): readonly string[] {
  if (here !== undefined) return ['Inspected just now, by this command.'];
  const age = seen.is === 'seen' ? `Inspected ${ageInWords(seen.ageMs)}.` : '';
  const next = {
    none: '',
    arrived: '',
    asked: 'The worker inspects the cluster now. If it finds anything else, you get a second answer within a minute.',
    late: '',
  }[fresh];
  const line = [age, next].filter((says) => says !== '').join(' ');
  return line === '' ? [] : [line];
}

/** A negative age: Redis' clock was set back, so nobody knows how old it is. */
const ageInWords = (ms: number): string => (ms < 0 ? 'at an unknown time' : `${secondsInWords(ms / 1000)} ago`);

/** What an operator does while the worker cannot inspect; empty if it can. */
function workerLines({ worker, here }: ClusterView, known: ClusterStatus | null, markup: Markup): readonly string[] {
  const { text, moment } = markup;
  if (here !== undefined) return workerHere(worker, markup);
  const check = `Check it on the bootstrap node: ${markup.code('systemctl status registry-ha-worker')}`;
  switch (worker.is) {
    case 'there':
      return [];
    case 'hindered':
      return [`The worker cannot work: ${text(worker.says)} What follows was found by its last inspection.`];
    case 'unverified':
      return [`No trusted key has signed the worker’s heartbeat, so nothing is known about the worker. ${check}`];
    case 'newer':
      return [
        'A newer version of the worker wrote its heartbeat, so nothing is known about the worker. Update this bot.',
      ];
    case 'silent': {
      const since = worker.since === null ? 'has never reported' : `is silent since ${moment(worker.since)}`;
      return [`The worker ${since}. What follows was known last. ${check}`, ...withoutBootstrap(known, markup)];
    }
  }
}

/** The same on the bootstrap node, which has not learned anything from the worker. */
function workerHere(worker: WorkerState, { text, code }: Markup): readonly string[] {
  switch (worker.is) {
    case 'there':
      return [];
    case 'hindered':
      return [`The worker cannot work: ${text(worker.says)}`];
    case 'silent':
    case 'unverified':
    case 'newer':
      return [`The worker does not answer on this node. Check it: ${code('systemctl status registry-ha-worker')}`];
  }
}

/** What a command on the bootstrap node leaves out. */
const ELSEWHERE =
  'Not shown here: freezes and locks, which are in Redis, and the windows of the bot’s policy. Open changes are those of the worker’s journal; it has no votes, denials or cancellations before the start.';

/** MetalK8s restores a lost bootstrap node on a node that has the ISOs at the same paths (restore.sh). */
function withoutBootstrap(known: ClusterStatus | null, { text, code }: Markup): readonly string[] {
  if (known === null) return [];
  const others = serving(known);
  if (others.length === 0) return ['No other registry is known to serve every image. Do not stop the bootstrap node.'];
  const names = text(firstFew(others.map(({ node }) => node)));
  const heir = others.find(hasArchives);
  const restore =
    heir === undefined
      ? `Put the ISOs at their paths on one of these nodes before you run ${code('restore.sh')} there.`
      : `Delete the old Node, then run ${code('restore.sh')} on ${text(heir.node)}, which has the ISOs at the same paths.`;
  return [
    `If the bootstrap node is lost: engines still pull every image from ${names}. ${restore} Do not add or upgrade nodes until then.`,
  ];
}

function statusLines(status: ClusterStatus, markup: Markup): readonly RankedLine[] {
  const { registries, gaps, version, archives } = status;
  const line = (of: number) => (one: (typeof registries)[number]) => rank(of, `• ${registryLine(one, status, markup)}`);
  const isFine = (one: (typeof registries)[number]) => one.stale.length === 0 && one.unknown.length === 0;
  const listed = archives.map(({ id, images }) => `${id} (${count(images, 'image')})`);
  return [
    ...gaps.map((gap) => rank(1, gapLine(gap, markup))),
    ...registries.filter(({ stale }) => stale.length > 0).map(line(1)),
    ...registries.filter((one) => one.stale.length === 0 && !isFine(one)).map(line(2)),
    ...registries.filter(isFine).map(line(6)),
    rank(4, enginesLine(status)),
    ...unknowns({ ...status, registries: [] }).map((says) => rank(4, `• Unknown: ${markup.text(says)}`)),
    rank(5, markup.text(`Version ${version ?? 'unknown'}; archives: ${firstFew(listed) || 'none known'}.`)),
  ];
}

const gapLine = (gap: Gap, markup: Markup): string =>
  gap.is === 'one-registry'
    ? `To give another node a registry: ${markup.code('/registry-ha add NODE')}`
    : `• ${gapSentence(gap, markup)}`;

function changeLines({ open, here }: ClusterView, markup: Markup): readonly RankedLine[] {
  const unread = here?.unread ?? null;
  if (unread !== null) return [rank(2, `Open changes are unknown: ${markup.text(unread)}`)];
  if (open.length === 0) return [rank(5, 'There is no open change.')];
  return [
    rank(3, markup.strong(count(open.length, 'open change'))),
    ...open.map((one) => rank(3, `• ${changeLine(one, markup)}`)),
  ];
}

function windowLines({ windows }: ClusterView, { text }: Markup): readonly RankedLine[] {
  if (windows.length === 0) return [];
  return [rank(5, `Changes start only in these windows: ${text(windows.map(windowInWords).join('; '))}.`)];
}
