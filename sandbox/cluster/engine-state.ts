import type { BrokenBy, SimNode, World } from './world.ts';

const AT_A_RESTART: readonly BrokenBy[] = ['engine-stops', 'node-drops'];

/** kubelet reports NotReady with its next status, not at once. */
const DROPS_AFTER_MS = 3_000;

/** The fault that this restart of the engine brings; null without one. */
export const brokenAtRestart = ({ faults }: World, { name }: SimNode): BrokenBy | null =>
  AT_A_RESTART.find((fault) => faults.isOn(fault, name)) ?? null;

const isBrokenBy = (fault: BrokenBy, { faults }: World, { name, engine }: SimNode): boolean =>
  engine.brokenBy === fault && faults.isOn(fault, name);

/** False while containerd does not run on the node. */
export const engineRuns = (world: World, node: SimNode): boolean =>
  !world.faults.isOn('engine-dead', node.name) && !isBrokenBy('engine-stops', world, node);

/** False once kubelet has reported that its engine is broken since the restart. */
export const staysReady = (world: World, node: SimNode): boolean =>
  !isBrokenBy('node-drops', world, node) || Date.now() - Date.parse(node.engine.restartedAt) < DROPS_AFTER_MS;
