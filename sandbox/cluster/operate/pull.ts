import { engineRuns } from '../engine-state.ts';
import type { ClusterParts } from '../parts.ts';
import { crictlPull } from '../salt/minion/crictl.ts';
import { REGISTRY } from '../salt/states/engine-config.ts';
import type { SimNode } from '../world.ts';
import { OperationFailed } from './config.ts';

/** Pulls an image as the node's containerd does, from its endpoints in their order. Fails if it comes from another registry than `from`. */
export async function pullImage(
  { world, closing }: ClusterParts,
  node: SimNode,
  image: string,
  from: SimNode | null,
): Promise<void> {
  if (!engineRuns(world, node)) throw new OperationFailed(`The engine of ${node.name} does not run.`);
  const { output, exitCode, from: url } = await crictlPull(node, `${REGISTRY}/${image}`, closing);
  const lists = `It lists ${node.engine.endpoints.join(', ') || 'no endpoint'}.`;
  if (exitCode !== 0) throw new OperationFailed(`${node.name} cannot pull ${image}. ${lists} ${output}`);
  const source = [...world.nodes.values()].find(({ ip }) => url === `http://${ip}:${world.registryPort}`);
  if (from === null || source === from) return;
  throw new OperationFailed(`${node.name} pulled ${image} from ${source?.name ?? url}. ${lists}`);
}
