import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioResult } from '../../../../sandbox/scenario/result.ts';
import { drillOf } from '../../../../src/domain/node-commands/drill-commands.ts';
import { REGISTRY_MANIFEST } from '../../../../src/domain/node-commands/undo-commands.ts';
import { NotMet } from '../../../harness/stage/not-met.ts';
import type { ChaosStage } from '../../stage/chaos-stage.ts';

const FOLDER = '/etc/kubernetes';
/** The timer in the sandbox takes 30 s at most, and the pod some more. */
const SWITCH_LIMIT_MS = 240_000;

const rootOf = ({ sandbox }: ChaosStage): string => sandbox.cluster.world.bootstrap.root;

export const hasManifest = (stage: ChaosStage): boolean => existsSync(join(rootOf(stage), REGISTRY_MANIFEST));

const isServing = ({ sandbox }: ChaosStage): boolean => sandbox.cluster.world.bootstrap.registry?.ready === true;

const asideIn = (stage: ChaosStage): readonly string[] =>
  readdirSync(join(rootOf(stage), FOLDER)).filter((name) => drillOf(`${FOLDER}/${name}`) !== null);

/** Waits until the drill has moved the manifest away. */
export async function untilAway(stage: ChaosStage): Promise<void> {
  await stage.quickly('the manifest is away', () => !hasManifest(stage));
}

/** Waits until the registry serves from its manifest again, and measures it. */
export async function untilBack(stage: ChaosStage, from = performance.now()): Promise<void> {
  await stage.until('the registry is back', () => hasManifest(stage) && isServing(stage));
  stage.noteRecovery('worker back → drilled registry back', from);
}

/** Waits until the node itself has put the manifest back. Nobody else may be there. */
export async function untilSwitched(stage: ChaosStage): Promise<void> {
  if (stage.sandbox.services.worker.pid !== undefined) throw new NotMet('A worker runs.');
  await stage.until('the switch', () => hasManifest(stage), SWITCH_LIMIT_MS);
}

/** Whatever happened: the bootstrap’s registry serves from its manifest, and nothing of the drill is left. */
export async function leftByDrill(stage: ChaosStage, { nodes }: ScenarioResult): Promise<readonly string[]> {
  const { bootstrap } = nodes;
  return [
    ...(hasManifest(stage) ? [] : ['the manifest of the bootstrap’s registry is away']),
    ...asideIn(stage).map((name) => `a manifest is still aside: ${name}`),
    ...(stage.sandbox.cluster.isSwitchArmed() ? ['the switch is still armed'] : []),
    ...(bootstrap?.registry === 'ready' ? [] : [`the bootstrap’s registry is ${bootstrap?.registry}`]),
    ...(bootstrap?.served === bootstrap?.expected ? [] : ['the bootstrap’s registry does not serve everything']),
    ...Object.entries(nodes).flatMap(([name, { engineEndpoints }]) =>
      engineEndpoints.length === 2 ? [] : [`the engine of ${name} lists ${engineEndpoints.join(' ')}`],
    ),
  ];
}
