import { keptManifest, REGISTRY_MANIFEST } from '../../../src/domain/node-commands/undo-commands.ts';
import type { Files, Untouched } from '../stage/untouched.ts';
import { judgeCluster } from './cluster.ts';

/** What an undo leaves behind, as listed in its plan's side effects. */
const STAYS: ReadonlySet<string> = new Set(['/etc/salt/minion.d/99-metalk8s-local.conf']);

/** Complaints about differences from the cluster's earlier state, except for what an undo leaves on the target. */
export function judgeLeftovers(
  is: Untouched,
  was: Untouched,
  target: string,
  undone: string,
  why: 'undone' | 'removed' = 'undone',
): readonly string[] {
  const kept = keptManifest(undone, why);
  const isKept = is.files.get(target)?.has(kept) === true;
  return [
    ...judgeCluster(is.nodes, was.nodes),
    ...[...was.files].flatMap(([node, files]) =>
      differing(is.files.get(node) ?? new Map(), files)
        .filter(({ path }) => node !== target || (path !== kept && !STAYS.has(path)))
        .map(({ path, how }) => `${node}: ${path} ${how}`),
    ),
    ...(isKept ? [] : [`${target}: ${REGISTRY_MANIFEST} was not kept as ${kept}`]),
  ];
}

function differing(is: Files, was: Files): readonly { readonly path: string; readonly how: string }[] {
  return [...new Set([...is.keys(), ...was.keys()])].toSorted().flatMap((path) => {
    if (is.get(path) === was.get(path)) return [];
    return [{ path, how: was.has(path) ? (is.has(path) ? 'has changed' : 'is gone') : 'is new' }];
  });
}
