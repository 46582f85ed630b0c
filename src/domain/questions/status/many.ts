import type { Markup } from '../../text/markup.ts';
import { verdictOf } from './cluster-status.ts';
import { isKnownNow, oneLine } from './report.ts';
import type { ClusterView } from './view.ts';

/** Of more clusters, those that are well share lines. */
const EACH_ITS_LINE = 10;
/** With names as long as they may be, a line is shorter than a section of Slack. */
const NAMES_IN_A_LINE = 40;

/** A line about one cluster, or about several that are well. */
export interface ClusterLine {
  readonly text: string;
  readonly isWell: boolean;
}

/** HA holds by a recent inspection, and the worker reports as it should. */
export const isWell = (view: ClusterView): boolean =>
  view.seen.is === 'seen' && verdictOf(view.seen.status) === 'holds' && isKnownNow(view) && view.worker.is === 'there';

/** The clusters in lines: first those that need somebody. */
export function clusterLines(views: readonly ClusterView[], markup: Markup): readonly ClusterLine[] {
  const troubled = views.filter((view) => !isWell(view));
  const well = views.filter(isWell);
  const line = (view: ClusterView) => ({ text: oneLine(view, markup), isWell: isWell(view) });
  if (views.length <= EACH_ITS_LINE) return [...troubled, ...well].map(line);
  return [...troubled.map(line), ...sharedLines(well, markup)];
}

function sharedLines(well: readonly ClusterView[], { text }: Markup): readonly ClusterLine[] {
  const names = well.map(({ cluster }) => text(cluster));
  const lines = Array.from({ length: Math.ceil(names.length / NAMES_IN_A_LINE) }, (_, at) =>
    names.slice(at * NAMES_IN_A_LINE, (at + 1) * NAMES_IN_A_LINE),
  );
  return lines.map((some) => ({ text: `HA holds in ${some.join(', ')}.`, isWell: true }));
}
