import type { Refusal } from '../../answers/refusal.ts';
import type { WorkerState } from '../../cluster/worker-state.ts';
import { clipped } from '../../text/clipped.ts';
import { count, firstFew } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';

/** What the bot knows to be wrong, without asking anyone again. */
export interface HelpTroubles {
  /** Of the asker's clusters, as the bot last saw them; those that work are left out. */
  readonly workers: readonly TroubledWorker[];
  readonly clocks: readonly RefusingCluster[];
  /** Clusters whose workers do not trust the bot's key. */
  readonly keys: readonly RefusingCluster[];
  /** Clusters whose workers the bot has not checked lately: nobody knows whether they work. */
  readonly unchecked: readonly string[];
  readonly bot: readonly BotTrouble[];
}

/** A worker that does not report as it should. */
export interface TroubledWorker {
  readonly cluster: string;
  readonly worker: Exclude<WorkerState, { is: 'there' }>;
}

/** A cluster in which changes are refused because of bot and worker. */
export interface RefusingCluster {
  readonly cluster: string;
  readonly refusal: Refusal;
}

/** What is wrong with the bot itself, or with its Redis. */
export type BotTrouble =
  | { readonly is: 'token-shared' }
  | { readonly is: 'files-refused' }
  /** `says`: each setting with its fix. */
  | { readonly is: 'redis-settings'; readonly says: readonly string[] }
  | { readonly is: 'redis-rights'; readonly missing: readonly string[] };

export const NO_TROUBLES: HelpTroubles = { workers: [], clocks: [], keys: [], unchecked: [], bot: [] };

/** One line for each kind of trouble, below a heading; nothing without any. */
export function troubleLines(
  { workers, clocks, keys, unchecked, bot }: HelpTroubles,
  markup: Markup,
): readonly string[] {
  const lines = [
    ...bot.map((one) => botLine(one, markup)),
    ...silentLine(those('silent', workers), markup),
    ...hinderedLine(those('hindered', workers), markup),
    ...unverifiedLine(those('unverified', workers), markup),
    ...newerLine(those('newer', workers), markup),
    ...clocksLine(clocks, markup),
    ...keysLine(keys, markup),
    ...uncheckedLine(unchecked, markup),
  ];
  return lines.length === 0 ? [] : [markup.strong('Problems that the bot knows of'), ...lines];
}

type Of<Is extends TroubledWorker['worker']['is']> = {
  readonly cluster: string;
  readonly worker: Extract<WorkerState, { is: Is }>;
};

const those = <Is extends TroubledWorker['worker']['is']>(
  is: Is,
  workers: readonly TroubledWorker[],
): readonly Of<Is>[] => workers.filter((one): one is Of<Is> & TroubledWorker => one.worker.is === is);

/** Characters of a worker's own words. */
const SAYS_LIMIT = 300;

const DOCTOR = 'registry-ha doctor worker';
const STATUS = '/registry-ha status --all';

function silentLine(silent: readonly Of<'silent'>[], { text, code, moment }: Markup): readonly string[] {
  const [only, ...others] = silent;
  if (only === undefined) return [];
  if (others.length > 0)
    return [
      `The workers of ${of(silent, text)} are silent. ${code(STATUS)} shows each. On their bootstrap nodes, run ${code(DOCTOR)}.`,
    ];
  const { since } = only.worker;
  const heard = since === null ? 'has never sent a heartbeat' : `is silent since ${moment(since)}`;
  return [`The worker of ${text(only.cluster)} ${heard}. On its bootstrap node, run ${code(DOCTOR)}.`];
}

function hinderedLine(hindered: readonly Of<'hindered'>[], { text, code }: Markup): readonly string[] {
  const [only, ...others] = hindered;
  if (only === undefined) return [];
  if (others.length > 0)
    return [
      `The workers of ${of(hindered, text)} run, but cannot work. ${code(STATUS)} shows each. On their bootstrap nodes, run ${code(DOCTOR)}.`,
    ];
  const says = text(clipped(only.worker.says, SAYS_LIMIT));
  return [
    `The worker of ${text(only.cluster)} runs, but cannot work: ${says} On its bootstrap node, run ${code(DOCTOR)}.`,
  ];
}

const unverifiedLine = (unverified: readonly Of<'unverified'>[], { text, code }: Markup): readonly string[] =>
  unverified.length === 0
    ? []
    : [
        `The last heartbeat of ${of(unverified, text)} is not signed by a key that the bot trusts. Copy ${code('worker.pub')} of the bootstrap node to the bot’s ${code('workerKeys')}, then restart the bot.`,
      ];

const newerLine = (newer: readonly Of<'newer'>[], { text }: Markup): readonly string[] =>
  newer.length === 0
    ? []
    : [`A newer version of registry-ha wrote the last heartbeat of ${of(newer, text)}. Update the bot.`];

function clocksLine(clocks: readonly RefusingCluster[], { text, code }: Markup): readonly string[] {
  const [only, ...others] = clocks;
  if (only === undefined) return [];
  if (others.length === 0) return [asText(only, text)];
  return [
    `Clocks differ too much in ${of(clocks, text)}, so changes are refused there. ${code('registry-ha doctor bot')} says which clock is wrong. Set it with ${code('chronyc makestep')}.`,
  ];
}

function keysLine(keys: readonly RefusingCluster[], { text, code }: Markup): readonly string[] {
  const [only, ...others] = keys;
  if (only === undefined) return [];
  if (others.length === 0) return [asText(only, text)];
  return [
    `The workers of ${of(keys, text)} do not trust this bot’s key, so changes are refused there. ${code('registry-ha doctor bot')} names the key. Add its ${code('approval.pub')} to their ${code('trustedKeys')}, then restart them.`,
  ];
}

const asText = ({ refusal: { says, tryNext = '' } }: RefusingCluster, text: Markup['text']): string =>
  [says, tryNext].map(text).join(' ').trim();

function uncheckedLine(unchecked: readonly string[], { text, code }: Markup): readonly string[] {
  if (unchecked.length === 0) return [];
  const clusters = unchecked.map((cluster) => ({ cluster }));
  return [
    `Whether the ${clusters.length === 1 ? 'worker' : 'workers'} of ${of(clusters, text)} can work is unknown: the bot has not checked lately. ${code(STATUS)} checks now.`,
  ];
}

/** `prod`, or `300 clusters (c1, c2, c3, c4 and 296 more)`. */
function of(clusters: readonly { readonly cluster: string }[], text: Markup['text']): string {
  const names = text(firstFew(clusters.map(({ cluster }) => cluster)));
  return clusters.length === 1 ? names : `${count(clusters.length, 'cluster')} (${names})`;
}

function botLine(trouble: BotTrouble, { text, code }: Markup): string {
  switch (trouble.is) {
    case 'token-shared':
      return `Other bots use this Slack app token, so Slack sends them a part of all commands and clicks. Stop the other bot, or give it a Slack app of its own. ${code('registry-ha doctor bot')} shows the count.`;
    case 'files-refused':
      return `The bot refuses its changed configuration, and continues with the one before. Its log names every mistake, and so does ${code('registry-ha doctor bot')}. Correct the files, and the bot uses them.`;
    case 'redis-settings':
      return `${text(trouble.says.join(' '))} Change redis.conf, then restart Redis.`;
    case 'redis-rights':
      return `The bot’s Redis user may not use ${text(firstFew(trouble.missing))}. Run ${code('registry-ha redis acl')} again with every cluster, install the file, then restart Redis.`;
  }
}
