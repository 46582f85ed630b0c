import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Facts, NodeFacts } from '../../cluster/facts.ts';
import { endpointUrl } from '../../cluster/registry.ts';
import { archiveGuards } from '../../guards/archives.ts';
import { fitRefusal } from '../../guards/guards.ts';
import { copiesOf } from '../../guards/manifests.ts';
import { strangeEndpointsRefusal } from '../../guards/registries.ts';
import { together } from '../../guards/together.ts';
import { shellQuote } from '../../node-commands/command.ts';
import { asideManifest, drillOf } from '../../node-commands/drill-commands.ts';
import { REGISTRY_MANIFEST } from '../../node-commands/undo-commands.ts';
import type { IntentOf } from '../../plan/intent.ts';
import type { PlanFor } from '../../plan/parts.ts';
import { listed, secondsInWords } from '../../text/format.ts';

type Drill = IntentOf<'drill'>;

/** Why the bootstrap's registry must not be taken away now: every other one must be fit, and in use. */
export function drillRefusal(intent: Drill, facts: Facts, when: PlanFor): Refusal | null {
  return (
    awayRefusal(facts, when) ??
    fitRefusal(intent, facts) ??
    copiesOf(bootstrapOf(facts)?.name ?? '', facts.drillSwitch?.copies ?? []) ??
    archiveGuards(facts) ??
    strangeEndpointsRefusal(facts.kube) ??
    withoutRegistry(intent, facts) ??
    unfitRefusal(facts) ??
    unlistedRefusal(facts)
  );
}

/** The registries beside the bootstrap's, on their nodes. */
export const extraRegistries = ({ kube }: Pick<Facts, 'kube'>): readonly NodeFacts[] =>
  kube.nodes.filter(
    ({ name, roles }) => !roles.includes('bootstrap') && kube.registries.some(({ node }) => node === name),
  );

export const bootstrapOf = ({ kube }: Pick<Facts, 'kube'>): NodeFacts | undefined =>
  kube.nodes.find(({ roles }) => roles.includes('bootstrap'));

/** Refuses while an earlier drill has not ended. What this change itself left there is put back before it goes on. */
function awayRefusal(facts: Facts, { change }: PlanFor): Refusal | null {
  const { drillSwitch } = facts;
  const node = bootstrapOf(facts)?.name ?? '';
  const own = asideManifest(change);
  const armed = drillSwitch?.armed ?? null;
  if (armed !== null && armed.aside !== own) {
    const says = `The drill ${drillOf(armed.aside) ?? armed.aside} has not ended: its switch on ${node} is still armed, and puts the bootstrap’s registry back by itself in ${secondsInWords(Math.max(1, Math.round(armed.secondsLeft)))}.`;
    return refuse('registry-away', says, 'Wait that long, then run the command again.');
  }
  const [aside] = (drillSwitch?.aside ?? []).filter((path) => path !== own);
  if (aside === undefined) return null;
  return refuse(
    'registry-away',
    `The manifest of the bootstrap’s registry is still at ${aside} on ${node}, where a drill left it. No switch is armed that puts it back.`,
    drillSwitch?.hasManifest === true
      ? `A newer manifest is in its place. Compare both, then remove the old one on ${node}: \`rm ${shellQuote(aside)}\``
      : `Put it back on ${node}: \`mv -nT ${shellQuote(aside)} ${REGISTRY_MANIFEST}\`. Then run the command again.`,
  );
}

function withoutRegistry({ nodes }: Drill, facts: Facts): Refusal | null {
  const without = nodes.filter((name) => extraRegistries(facts).every((one) => one.name !== name));
  if (without.length === 0) return null;
  return refuse(
    'no-registry',
    `${listed(without)} has no registry to drill.`,
    `To give it one: /registry-ha add ${without.join(' ')}`,
  );
}

/** While the bootstrap's is away, engines use every other registry: each must be Ready, current and complete. */
function unfitRefusal(facts: Facts): Refusal | null {
  const unfit = extraRegistries(facts).flatMap((node) => {
    const says = whyUnfit(node, facts);
    return says === null ? [] : [{ name: node.name, says }];
  });
  const names = unfit.map(({ name }) => name).join(' ');
  const next = `Bring ${unfit.length === 1 ? 'it' : 'them'} up to date first: /registry-ha sync ${names}`;
  return together(unfit.map(({ says }) => refuse('registry-unfit', says, next)));
}

function whyUnfit({ name, ip }: NodeFacts, { kube, served }: Facts): string | null {
  const pod = kube.registries.find(({ node }) => node === name);
  const away = 'Nothing would serve in the bootstrap’s place.';
  if (ip === null || !kube.endpoints.ready.includes(ip) || pod?.ready !== true)
    return `The registry of ${name} is not in the Ready Endpoints. ${away}`;
  if (pod.version !== kube.clusterVersion)
    return `The registry of ${name} runs ${pod.version}, not ${kube.clusterVersion}.`;
  const missing = served.flatMap((one) => (one.node === name ? one.missing : []));
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return missing.length === 0 ? null : `The registry of ${name} does not serve ${missing[0]}${more}. ${away}`;
}

/** Every engine must list every registry: one that does not could pull nothing meanwhile. */
function unlistedRefusal(facts: Facts): Refusal | null {
  const registries = [...extraRegistries(facts), ...[bootstrapOf(facts) ?? []].flat()];
  const unlisted = registries.map(({ name, ip }) => {
    const url = endpointUrl(ip ?? '');
    const without = facts.engines.filter((one) => one.is === 'known' && !one.endpoints.includes(url));
    if (without.length === 0) return null;
    const says = `The container engine of ${listed(without.map(({ node }) => node))} does not list the registry of ${name}.`;
    return refuse('engine-without-registry', says, 'Give every engine every registry first: /registry-ha sync');
  });
  return together(unlisted);
}
