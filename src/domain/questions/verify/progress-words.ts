import { bytesInWords, count, firstFew, secondsInWords } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { ProofProgress } from './proof-report.ts';
import type { ProofSize, VerifyAsk, VerifyPhase } from './view.ts';

/** Seconds of a proof without layers, and of the layers of one registry, at most in a usual cluster. */
const SECONDS = 60;
const SECONDS_OF_LAYERS = 120;

/** The first answer: what is compared, and how long it takes about. */
export function askedInWords(ask: VerifyAsk, size: ProofSize | null, markup: Markup): string {
  const { nodes, deep } = ask;
  const registries = nodes.length > 0 ? nodes.length : (size?.registries ?? null);
  const layers = deep ? ' It also hashes every layer that they serve.' : '';
  const images = size === null ? 'every image' : `all ${count(size.images, 'image')}`;
  const seconds = SECONDS + (deep ? SECONDS_OF_LAYERS * (registries ?? 2) : 0);
  return [
    `The worker verifies ${markup.text(whose(ask))}: it compares ${images} with the bootstrap node’s, and reads every engine.${layers}`,
    `This usually takes less than ${secondsInWords(seconds)}. The result follows here, for you alone.`,
  ].join(' ');
}

const whose = ({ cluster, nodes }: VerifyAsk): string => {
  if (nodes.length === 0) return `every registry of ${cluster}`;
  return `the ${nodes.length === 1 ? 'registry' : 'registries'} of ${firstFew(nodes)} in ${cluster}`;
};

/** The one message while it lasts. */
export const progressInWords = ({ cluster }: VerifyAsk, progress: ProofProgress, { text }: Markup): string =>
  `${text(cluster)}: the proof is still running. ${readInWords(progress)}`;

function readInWords({ done, total, unit, secondsLeft }: ProofProgress): string {
  const left = secondsLeft === null ? '' : `, about ${secondsInWords(secondsLeft)} left`;
  if (unit === 'images') return `${done} of ${count(total, 'image')} compared${left}.`;
  return `${bytesInWords(done)} of ${bytesInWords(total)} of layers hashed${left}.`;
}

type NotAsked = Extract<VerifyPhase, { readonly is: 'worker-away' | 'busy' | 'lost' }>;

/** Why there is no result, and what to do. */
export function notAskedInWords({ cluster }: VerifyAsk, phase: NotAsked, { text, code, moment }: Markup): string {
  const check = `Check the worker on the bootstrap node: ${code('systemctl status registry-ha-worker')}`;
  const name = text(cluster);
  switch (phase.is) {
    case 'busy': {
      const so = phase.progress === null ? '' : ` ${readInWords(phase.progress)}`;
      return `${name}: a proof is running already, so nothing was started.${so} Run the command again when it has ended.`;
    }
    case 'worker-away': {
      const { worker } = phase;
      if (worker.is === 'hindered')
        return `${name}: nothing was verified, because the worker cannot work: ${text(worker.says)}`;
      if (worker.is === 'unverified')
        return `${name}: nothing was verified. No trusted key has signed the worker’s heartbeat. ${check}`;
      if (worker.is === 'newer')
        return `${name}: nothing was verified. A newer version of the worker wrote its heartbeat. Update this bot.`;
      const since = worker.since === null ? 'has never reported' : `is silent since ${moment(worker.since)}`;
      return `${name}: nothing was verified, because the worker ${since}. ${check}`;
    }
    case 'lost':
      return `${name}: there is no result, so nothing is proven. ${LOST[phase.why]} ${check}`;
  }
}

const LOST: Readonly<Record<Extract<NotAsked, { readonly is: 'lost' }>['why'], string>> = {
  'not-begun': 'The worker did not begin within two minutes. If it is an older version, update it.',
  silent: 'The worker stopped reporting while it verified. Run the command again once it is back.',
  unverified: 'What Redis holds as its report is not signed by a trusted worker.',
  newer: 'A newer version of the worker wrote the report. Update this bot.',
};
