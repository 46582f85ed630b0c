import type { Refusal } from '../../answers/refusal.ts';
import { type Archive, type Image, imageName } from '../../cluster/archive.ts';
import type { Facts, NodeFacts } from '../../cluster/facts.ts';
import { ENGINE_REGISTRY, endpointUrl } from '../../cluster/registry.ts';
import type { Command } from '../../node-commands/command.ts';
import { arm, asideManifest, disarm, pull, restore, takeAside } from '../../node-commands/drill-commands.ts';
import type { IntentOf } from '../../plan/intent.ts';
import { type PlanFor, planOf } from '../../plan/parts.ts';
import type { UntimedPlan } from '../../plan/plan.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step, StepOf } from '../../plan/step.ts';
import { count, listed, secondsInWords } from '../../text/format.ts';
import { contextOf } from '../bring-up.ts';
import { commonFindings, commonWarnings } from '../plan-words.ts';
import { bootstrapOf, drillRefusal, extraRegistries } from './guards.ts';
import { ABOUT_SECONDS, LEAST_SECONDS, MOST_SECONDS, SWITCH_SECONDS } from './limits.ts';

/** Upstream's acceptance test of registry HA (reference: metalk8s.md §8, items 4 and 5), with a switch that ends it in any case. */
export function planDrill(intent: IntentOf<'drill'>, facts: Facts, when: PlanFor): UntimedPlan | Refusal {
  const refusal = drillRefusal(intent, facts, when);
  if (refusal !== null) return refusal;
  const context = contextOf(facts, when);
  const steps = stepsOf(intent.nodes[0] ?? '', context);
  const others = extraRegistries(facts).map(({ name }) => name);
  return planOf({
    // It connects to no node over SSH: what it runs, it runs through Salt.
    ...{ intent, context, when, steps, targets: [], archives: context.archives },
    sideEffects: effects(bootstrapOf(facts)?.name ?? '', steps),
    seen: {
      findings: [
        ...commonFindings(context),
        `The ${others.length === 1 ? 'registry' : 'registries'} of ${listed(others)} ${others.length === 1 ? 'serves' : 'serve'} every manifest too, and every container engine lists ${others.length === 1 ? 'it' : 'them'}.`,
      ],
      warnings: commonWarnings(context),
      already: [],
      space: [],
    },
  });
}

function stepsOf(proves: string, context: PlanContext): readonly Step[] {
  const { facts, archives, change } = context;
  const bootstrap = bootstrapOf(facts);
  const extra = extraRegistries(facts).map(({ name, ip }) => ({ node: name, address: ip ?? '' }));
  const shared = {
    archives: archives.map(({ id, sha256, images }) => ({ id, sha256, images: images.length })),
    addresses: [bootstrap?.ip ?? '', ...extra.map(({ address }) => address)].sort(),
    engines: facts.kube.nodes.map(({ name }) => name).sort(),
  };
  const node = bootstrap?.name ?? '';
  const aside = asideManifest(change);
  const armed = { on: node, command: arm(aside, SWITCH_SECONDS) };
  const images = archives.flatMap((archive) => archive.images);
  const serves: StepOf<'serves'> = {
    kind: 'serves',
    id: `serves:${proves}`,
    says: `Prove that ${listed(extra.map((one) => one.node))} ${extra.length === 1 ? 'serves' : 'serve'} ${count(images.length, 'image')}, and that every engine lists ${extra.length === 1 ? 'it' : 'them'}`,
    commands: [],
    registries: extra,
    ...shared,
  };
  const arms: StepOf<'arm'> = {
    kind: 'arm',
    id: `arm:${node}`,
    says: `Arm a switch on ${node} that puts its registry back after ${secondsInWords(SWITCH_SECONDS)}, or at a boot, without the worker`,
    commands: [armed],
    node,
    aside,
    leastSeconds: LEAST_SECONDS,
  };
  return [serves, arms, outageStep({ node, proves, aside, armed, extra }, context, shared)];
}

interface DrillParts {
  readonly node: string;
  readonly proves: string;
  readonly aside: string;
  readonly armed: { readonly on: string; readonly command: Command };
  readonly extra: StepOf<'outage'>['registries'];
}

function outageStep(
  { node, proves, aside, armed, extra }: DrillParts,
  { facts, version, archives }: PlanContext,
  shared: Pick<StepOf<'outage'>, 'archives' | 'addresses' | 'engines'>,
): StepOf<'outage'> {
  const engine = pullingNode(proves, facts);
  const image = pulledImage(archives, version);
  const on = (where: string, command: Command) => ({ on: where, command });
  return {
    kind: 'outage',
    id: `outage:${proves}`,
    says: `Take the registry of ${node} away, pull ${image.name} on ${engine}, and put the registry back`,
    commands: [
      armed,
      on(node, takeAside(aside)),
      on(engine, pull(`${ENGINE_REGISTRY}/${imageName(image)}`)),
      on(node, restore(aside)),
      on(node, disarm(aside)),
    ],
    node,
    aside,
    leastSeconds: LEAST_SECONDS,
    switchSeconds: SWITCH_SECONDS,
    bootstrapAddress: bootstrapOf(facts)?.ip ?? '',
    proves,
    registries: extra,
    engine,
    image: imageName(image),
    ...shared,
  };
}

/** MetalK8s' own test pulls metalk8s-utils, which every version has. */
function pulledImage(archives: readonly Archive[], version: string): Image {
  const images = archives.find(({ id }) => id === `metalk8s-${version}`)?.images ?? [];
  return images.find(({ name }) => name === 'metalk8s-utils') ?? images[0] ?? { prefix: '', name: '', tag: '' };
}

/** Not the proven node itself if there is another: its pull crosses the network. Best one that asks the proven registry first. */
function pullingNode(proves: string, facts: Facts): string {
  const { kube, engines } = facts;
  const addressOf = (node: NodeFacts | undefined): string => endpointUrl(node?.ip ?? '');
  const bootstrap = addressOf(bootstrapOf(facts));
  const proven = addressOf(kube.nodes.find(({ name }) => name === proves));
  const asksItFirst = (name: string): boolean =>
    engines.some(
      (one) => one.node === name && one.is === 'known' && one.endpoints.find((url) => url !== bootstrap) === proven,
    );
  const others = kube.nodes
    .filter(({ name, roles }) => name !== proves && !roles.includes('bootstrap'))
    .map(({ name }) => name)
    .sort();
  return others.find(asksItFirst) ?? (asksItFirst(proves) ? proves : (others[0] ?? proves));
}

function effects(bootstrap: string, steps: readonly Step[]): readonly string[] {
  const drill = steps.find((step) => step.kind === 'outage');
  const left = drill?.registries.map(({ node }) => node) ?? [];
  return [
    `The registry of ${bootstrap} is away for about ${secondsInWords(ABOUT_SECONDS)}, at most ${secondsInWords(MOST_SECONDS)}. Meanwhile, images come through the ${left.length === 1 ? 'registry' : 'registries'} of ${listed(left)}.`,
    `If everything else dies, ${bootstrap} itself puts it back: by the timer registry-ha-restore after ${secondsInWords(SWITCH_SECONDS)}, or at once when it boots.`,
    `Running containers keep running, the Salt master too: they do not need a registry. The pulled image stays on ${drill?.engine ?? ''}.`,
  ];
}
