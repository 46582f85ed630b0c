import type { Markup } from '../../text/markup.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { clusterLines } from '../status/many.ts';
import type { ClusterView } from '../status/view.ts';

/** What a person's Home is made from. */
export interface HomeKnown {
  readonly clusters: readonly ClusterView[];
  /** Open changes that the person may decide, and the person's own failed ones. */
  readonly waiting: readonly ListedChange[];
  /** The other open changes. */
  readonly open: readonly ListedChange[];
  /** Ended changes, newest first. */
  readonly ended: readonly ListedChange[];
}

/** A part of the Home. */
export interface HomePart {
  readonly title: string;
  /** The line instead, if there is none. */
  readonly none: string;
  readonly lines: readonly { readonly text: string; readonly change: ListedChange | null }[];
}

/** The parts of the Home, the most important first. */
export function homeParts({ clusters, waiting, open, ended }: HomeKnown, markup: Markup): readonly HomePart[] {
  const listed = (changes: readonly ListedChange[]) =>
    changes.map((change) => ({ text: changeLine(change, markup), change }));
  return [
    {
      title: 'Clusters',
      none: 'You may see no cluster.',
      lines: clusterLines(clusters, markup).map(({ text }) => ({ text, change: null })),
    },
    { title: 'Waits for you', none: 'Nothing waits for you.', lines: listed(waiting) },
    { title: 'Open changes', none: 'No other change is open.', lines: listed(open) },
    { title: 'Ended last', none: 'No change has ended.', lines: listed(ended) },
  ];
}
