import { Unreachable } from '../../domain/answers/failure.ts';
import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import type { BootstrapFacts, KubeFacts } from '../../domain/cluster/facts.ts';
import { count, listed } from '../../domain/text/format.ts';
import type { BootstrapNode, Kubernetes } from '../../ports/cluster.ts';
import type { KubeRight, KubeRights, ReviewedRight } from '../../ports/doctor/cluster.ts';
import type { Salt } from '../../ports/salt.ts';
import { check, type Room } from './check.ts';
import { clockVerdict } from './clock.ts';

/** Looks at the cluster that rooms share. */
export interface ClusterLooks {
  readonly kube: (signal: AbortSignal) => ReturnType<Kubernetes['look']>;
  readonly bootstrap: (signal: AbortSignal) => ReturnType<BootstrapNode['glance']>;
}

export interface KubernetesPorts extends ClusterLooks {
  readonly rights: KubeRights;
  readonly now: () => number;
}

const NAMESPACE = 'kube-system';

/** Every right that the worker uses: the rules of deploy/registry-ha-worker-rbac.yaml. */
export const KUBE_RIGHTS: readonly KubeRight[] = [
  { verb: 'list', resource: 'nodes' },
  { verb: 'get', resource: 'namespaces', name: NAMESPACE, namespace: NAMESPACE },
  { verb: 'list', resource: 'pods', namespace: NAMESPACE },
  { verb: 'get', resource: 'endpoints', namespace: NAMESPACE, name: 'repositories' },
];

const ASK_IT = 'Ask it as root: `kubectl --kubeconfig FILE get nodes`, with the file in `kubeconfig` of worker.yaml.';

const APPLY =
  'Apply deploy/registry-ha-worker-rbac.yaml with the name of your bootstrap node, or set `kubeconfig` to /etc/kubernetes/admin.conf.';

/** The Kubernetes API: whether it answers, and each right of the kubeconfig's user. */
export function kubernetesRoom({ kube, rights, now }: KubernetesPorts): Room {
  const may = (right: KubeRight) =>
    check(
      rightName(right),
      (signal) => rights.may(right, signal),
      (seen) => allowed(right, seen),
    );
  const ofPod = (verb: 'get' | 'create') =>
    check(
      `${verb} pods/exec`,
      async (signal) => {
        const right = { verb, resource: 'pods/exec', namespace: NAMESPACE, name: await masterPod(kube, signal) };
        return { right, seen: await rights.may(right, signal) };
      },
      ({ right, seen }) => allowed(right, seen),
    );
  const first = { verb: 'list', resource: 'nodes' };
  return {
    name: 'kubernetes',
    checks: async () => [
      check(
        'api',
        kube,
        (facts) =>
          good(
            `Answers: ${count(facts.nodes.length, 'node')}, MetalK8s ${facts.clusterVersion ?? 'of unknown version'}`,
          ),
        { failing: 'wrong', fix: ASK_IT },
      ),
      check(
        'clock',
        async (signal) => aheadOf(await rights.may(first, signal), now()),
        (ms) => clockVerdict('the API server', ms),
      ),
      ...KUBE_RIGHTS.map(may),
      ofPod('get'),
      ofPod('create'),
    ],
  };
}

const rightName = ({ verb, resource, name }: KubeRight): string =>
  [verb, resource, ...(name === undefined ? [] : [name])].join(' ');

const allowed = (right: KubeRight, { allowed: isAllowed }: ReviewedRight): Verdict =>
  isAllowed ? good('Allowed') : wrong(`The kubeconfig’s user may not ${rightName(right)}.`, APPLY);

/** The header has whole seconds, cut off. */
const aheadOf = ({ serverMs }: ReviewedRight, now: number): number | null =>
  serverMs === null ? null : serverMs + 500 - now;

async function masterPod(kube: ClusterLooks['kube'], signal: AbortSignal): Promise<string> {
  const { saltMaster } = await kube(signal);
  if (saltMaster !== null) return saltMaster.pod;
  throw new Unreachable('salt-master', 'salt-master', 'No static salt-master pod was found on the bootstrap node.');
}

/** Salt: whether the master and each minion answer. */
export const saltRoom = ({ kube }: ClusterLooks, salt: Pick<Salt, 'answering'>): Room => ({
  name: 'salt',
  checks: async () => [
    check(
      'master and minions',
      async (signal) => {
        const names = (await kube(signal)).nodes.map(({ name }) => name);
        return { names, answering: await salt.answering(names, signal) };
      },
      minions,
      { limitMs: 120_000 },
    ),
  ],
});

function minions({
  names,
  answering,
}: {
  readonly names: readonly string[];
  readonly answering: readonly string[] | null;
}): Verdict {
  if (answering === null)
    return wrong(
      'salt-master does not answer.',
      'Read its log: `crictl logs $(crictl ps -q --label io.kubernetes.container.name=salt-master)`.',
    );
  const silent = names.filter((name) => !answering.includes(name));
  if (silent.length === 0) return good(`The master and ${count(names.length, 'minion answers', 'minions answer')}`);
  return wrong(
    `The minion of ${listed(silent)} does not answer.`,
    `Run \`systemctl restart salt-minion\` on ${listed(silent)}.`,
  );
}

/** The archives on the bootstrap node. */
export const archivesRoom = ({ bootstrap }: ClusterLooks): Room => ({
  name: 'archives',
  checks: async () => [check('archives', bootstrap, archives, { limitMs: 120_000 })],
});

function archives({ bootstrapFile, solutionsFile, archives: all }: BootstrapFacts): Verdict {
  if (bootstrapFile.is === 'unreadable') return wrong(bootstrapFile.says, 'Correct /etc/metalk8s/bootstrap.yaml.');
  if (solutionsFile.is === 'unreadable') return wrong(solutionsFile.says, 'Correct /etc/metalk8s/solutions.yaml.');
  const bad = all.filter((one) => one.is === 'bad');
  if (bad.length > 0)
    return wrong(
      bad.map(({ says }) => says).join(' '),
      'Restore, mount or unlist each of these archives on the bootstrap node.',
    );
  if (all.length === 0)
    return unknown('No archive is listed.', 'List the MetalK8s archive in /etc/metalk8s/bootstrap.yaml.');
  return good(`${count(all.length, 'archive is', 'archives are')} listed, sound and mounted`);
}

/** The registries' nodes. */
export const registryNodes = ({ registries }: KubeFacts): readonly string[] => registries.map(({ node }) => node);
