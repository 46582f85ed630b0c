import type { ClusterPorts } from '../../src/app/ask/request-change.ts';
import type { Fleet } from '../../src/ports/cards.ts';

type Cluster = Pick<ClusterPorts, 'changes' | 'holds' | 'worker'>;

/** Asks each cluster by itself; one that cannot be read counts as busy. */
export function fakeFleet(clusters: ReadonlyMap<string, Cluster>): Fleet {
  const those = async (is: (ports: Cluster) => Promise<boolean>) => {
    const each = await Promise.all([...clusters].map(async ([name, ports]) => ((await is(ports)) ? [name] : [])));
    return each.flat();
  };
  return {
    busy: () =>
      those(({ changes }) =>
        changes.open().then(
          (open) => open.length > 0,
          () => true,
        ),
      ),
    holding: () => those(async ({ holds }) => (await holds.all()).length > 0),
    lookForHolds: async () => undefined,
    noteHold: () => undefined,
    async workers(names) {
      const each = names.map(async (name) => [name, (await clusters.get(name)?.worker.seen()) ?? null] as const);
      return new Map(await Promise.all(each));
    },
    statuses: async (names) => new Map(names.map((name) => [name, ''] as const)),
  };
}
