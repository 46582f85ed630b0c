import type { World } from '../../world.ts';

/**
 * The arguments after a fault's node: `state-fails node-2 SLS no space` gives `['SLS', 'no', 'space']` for node-2. All
 * settings of one fault share a list, so the arguments end at the next node's name.
 */
export function wordsFor(world: World, fault: string, node: string): readonly string[] | undefined {
  const args = world.faults.get(fault);
  const at = args?.indexOf(node) ?? -1;
  if (args === undefined || at < 0) return undefined;
  const rest = args.slice(at + 1);
  const end = rest.findIndex((word) => world.nodes.has(word));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Whether a fault is on for exactly this node and SLS. */
export function namesSls(world: World, fault: string, node: string, sls: string): boolean {
  return wordsFor(world, fault, node)?.[0] === sls;
}
