import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Facts } from '../../cluster/facts.ts';
import { endpointUrl } from '../../cluster/registry.ts';
import { archiveGuards } from '../../guards/archives.ts';
import { commonRefusal } from '../../guards/guards.ts';
import { otherRegistriesRefusal, strangeEndpointsRefusal } from '../../guards/registries.ts';
import type { IntentOf } from '../../plan/intent.ts';
import type { PlanTarget } from '../../plan/parts.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import { listed } from '../../text/format.ts';
import { unclearMounts } from '../archives-there.ts';
import { remaining } from '../staying.ts';

type Remove = IntentOf<'remove'>;

/** Why the registries cannot be removed now: those that stay must serve every image, and one beside the bootstrap's should stay. */
export function removeRefusal(
  intent: Remove,
  { facts, archives }: PlanContext,
  targets: readonly PlanTarget[],
): Refusal | null {
  return (
    commonRefusal(intent, facts) ??
    archiveGuards(facts) ??
    strangeEndpointsRefusal(facts.kube, intent.nodes) ??
    otherRegistriesRefusal(intent, facts, completeFirst) ??
    lastRefusal(intent, facts) ??
    unclearMounts(
      targets.map(({ target }) => target),
      archives,
    )
  );
}

const completeFirst = (nodes: readonly string[]): string =>
  `Complete ${nodes.length === 1 ? 'it' : 'them'} first: run /registry-ha sync ${nodes.join(' ')}`;

/** Refuses to remove the last registry beside the bootstrap's, unless the request says so. */
function lastRefusal(intent: Remove, { kube }: Facts): Refusal | null {
  const { nodes } = intent;
  const isListed = (ip: string | null) =>
    ip !== null && [...kube.endpoints.ready, ...kube.endpoints.notReady].includes(ip);
  const leaving = kube.nodes.filter(
    ({ name, ip }) => nodes.includes(name) && (isListed(ip) || kube.registries.some(({ node }) => node === name)),
  );
  if (intent.last === true || leaving.length === 0 || remaining(nodes, { kube }).length > 1) return null;
  const names = listed(leaving.map(({ name }) => name));
  const has = leaving.length === 1 ? 'has the last registry' : 'have the last registries';
  return refuse(
    'last-registry',
    `${names} ${has} beside the bootstrap’s. Without it, no image can be pulled while the bootstrap node is away.`,
    `Add a registry on another node first. Or remove it anyway: /registry-ha remove ${nodes.join(' ')} --last`,
  );
}

/** Refuses while an engine lists no Ready registry that stays: it could pull nothing until it is reconfigured. */
export function aloneEngine({ nodes }: Remove, { kube, engines }: Facts): Refusal | null {
  const staying = remaining(nodes, { kube }).filter((ip) => kube.endpoints.ready.includes(ip));
  const urls = staying.map(endpointUrl);
  const alone = engines.filter((one) => one.is === 'known' && !one.endpoints.some((url) => urls.includes(url)));
  if (alone.length === 0) return null;
  return refuse(
    'engine-without-registry',
    `The container engine of ${listed(alone.map(({ node }) => node))} lists no Ready registry that stays. It could pull nothing until it is reconfigured.`,
    `Run /registry-ha add ${nodes.join(' ')} first: it gives every engine every registry.`,
  );
}
