import { good, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import type { KubeFacts, NodeFacts } from '../../domain/cluster/facts.ts';
import { REGISTRY_PORT } from '../../domain/cluster/registry.ts';
import { soundArchives } from '../../domain/guards/archives.ts';
import { bytesInWords, listed } from '../../domain/text/format.ts';
import type { Fitness, FitnessOfNodes } from '../../ports/doctor/cluster.ts';
import { isOther } from '../watch/inspect-all.ts';
import { type Check, check, type Room, shared } from './check.ts';
import { type ClusterLooks, registryNodes } from './cluster.ts';

/** SSH to a slow node and its commands, one after the other, as an inspection makes them. */
const LIMIT_MS = 120_000;

/** Each node that may get a registry: what an `add` needs there. */
export const nodesRoom = (looks: ClusterLooks, fitness: FitnessOfNodes): Room => ({
  name: 'nodes',
  async checks(signal) {
    const kube = await looks.kube(signal);
    return kube.nodes.filter(isOther).flatMap((node) => checksOf(node, kube, looks, fitness));
  },
});

type Open = Extract<Fitness, { readonly is: 'open' }>;

function checksOf(
  node: NodeFacts,
  kube: KubeFacts,
  { bootstrap }: ClusterLooks,
  nodes: FitnessOfNodes,
): readonly Check[] {
  const { name, access, ip } = node;
  const look = shared(async (signal) => {
    const archives = soundArchives((await bootstrap(signal)).archives);
    return await nodes.fitness(access, archives, `${ip ?? ''}:${REGISTRY_PORT}`, signal);
  });
  const hasRegistry = registryNodes(kube).includes(name);
  const open = (what: string, verdict: (seen: Open) => Verdict): Check =>
    check(`${name} ${what}`, look, (seen) => (seen.is === 'open' ? verdict(seen) : CLOSED), { limitMs: LIMIT_MS });
  return [
    check(`${name} ssh and sudo`, look, (seen) => login(seen), { limitMs: LIMIT_MS, failing: 'wrong' }),
    open('isoinfo', ({ hasIsoinfo }) =>
      hasIsoinfo ? good('Installed') : wrong(`isoinfo is missing on ${name}.`, `Install genisoimage on ${name}.`),
    ),
    open('space', (seen) => space(name, seen)),
    open('folders', (seen) => folders(name, seen)),
    open('port', ({ portInUse }) => port(name, portInUse, hasRegistry)),
  ];
}

const CLOSED: Verdict = { is: 'unknown', says: 'Not checked, because the login does not work.' };

function login(seen: Fitness): Verdict {
  if (seen.is === 'closed') return wrong(seen.says, FIXES[seen.fault] ?? 'Do what the sentence above says.');
  const { isPinned, fingerprint } = seen;
  return good(`Works. Host key ${fingerprint}, ${isPinned ? 'pinned' : 'not pinned before the first approved plan'}`);
}

const FIXES: Readonly<Partial<Record<Extract<Fitness, { readonly is: 'closed' }>['fault'], string>>> = {
  unreachable: 'Check with `ssh` as root on this node, the address and the firewall.',
  'host-key-changed': 'Find out why the host key changed. If the node was reinstalled, see docs/replace-a-node.md.',
};

function space(node: string, { space: all }: Open): Verdict {
  const small = all.filter(({ available, needed }) => available < needed);
  if (small.length === 0) {
    const free = all.map(
      ({ mountpoint, available, needed }) =>
        `${bytesInWords(needed)} wanted, ${bytesInWords(available)} free in ${mountpoint}`,
    );
    return good(all.length === 0 ? 'Every archive has its file' : `Enough: ${listed(free)}`);
  }
  const says = small.map(
    ({ mountpoint, available, needed }) =>
      `${mountpoint} on ${node} has ${bytesInWords(available)} free, and the archives need ${bytesInWords(needed)}.`,
  );
  return wrong(says.join(' '), `Free space or enlarge the file system on ${node}.`);
}

function folders(node: string, { openFolder }: Open): Verdict {
  if (openFolder === null) return good('Only root can change the archives’ folders');
  const { path, owner, mode } = openFolder;
  return wrong(
    `${path} on ${node} belongs to ${owner} with mode ${mode}: not only root can change archives below it.`,
    `Run \`chown root:root ${path} && chmod go-w ${path}\` on ${node}.`,
  );
}

function port(node: string, inUse: boolean, hasRegistry: boolean): Verdict {
  if (hasRegistry)
    return good(inUse ? 'Taken by its registry' : 'Its registry does not listen now; see `registry-ha status`');
  if (!inUse) return good(`${REGISTRY_PORT} is free`);
  return wrong(
    `Another program listens at port ${REGISTRY_PORT} of ${node}.`,
    `Find it with \`ss -ltnp\` on ${node}, and move it to another port.`,
  );
}
