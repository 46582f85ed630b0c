import type { Markup } from '../../text/markup.ts';
import { fitByRank } from '../fit.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { News } from './troubles.ts';
import { firstLine, gapSentence, registryLine, unknowns } from './words.ts';

/** Characters of one message: a section of Slack takes 3,000, and markup grows when it is escaped. */
const ROOM = 2_500;

/** The message to a cluster's channel when something became worse, or when it is well again. */
export function newsInWords(is: Exclude<News['is'], 'nothing'>, status: ClusterStatus, markup: Markup): string {
  const { cluster, registries, gaps, troubles } = status;
  const head = markup.strong(markup.text(`${cluster}: ${firstLine(status)}`));
  if (is === 'well') return `${head} It is well again.`;
  const [since] = troubles.map((one) => one.since).toSorted();
  const lines = [
    head,
    ...(since === undefined ? [] : [`Found first at ${markup.moment(since)}.`]),
    ...gaps.map((gap) => `• ${gapSentence(gap, markup)}`),
    ...registries.filter(({ stale }) => stale.length > 0).map((one) => `• ${registryLine(one, status, markup)}`),
    ...unknowns(status).map((says) => `• ${markup.text(`Unknown: ${says}`)}`),
    `Everything: ${markup.code(`/registry-ha status --cluster ${cluster}`)}`,
  ];
  return fitByRank(
    lines.map((text, at) => ({ text, rank: at === lines.length - 1 ? 0 : at })),
    ROOM,
  ).join('\n');
}
