import { z } from 'zod';
import { runSaltCall } from '../salt/cli/salt-call.ts';
import type { NodeActs, SimNode, World } from '../world.ts';
import { OperationFailed } from './config.ts';

const Returned = z.object({
  local: z.union([
    z.record(z.string(), z.object({ result: z.boolean().nullable(), comment: z.string() })),
    z.array(z.string()),
  ]),
});

/** Runs a state on a node, as a script of MetalK8s does. Throws OperationFailed with the first comment of a failed state. */
export async function saltState(
  world: World,
  acts: NodeActs,
  node: SimNode,
  sls: string,
  saltenv: string,
): Promise<void> {
  const words = ['--retcode-passthrough', '--out=json', 'state.sls', sls, `saltenv=${saltenv}`];
  const { exitCode, stdout, stderr } = await runSaltCall(world, acts, node, words);
  if (exitCode !== 0) throw new OperationFailed(`${sls} on ${node.name}: ${whyFailed(stdout) ?? stderr}`);
}

function whyFailed(stdout: string): string | null {
  if (stdout.trim() === '') return null;
  const { local } = Returned.parse(JSON.parse(stdout));
  const says = Array.isArray(local)
    ? local
    : Object.values(local).flatMap(({ result, comment }) => (result === false ? [comment] : []));
  return says[0] ?? null;
}
