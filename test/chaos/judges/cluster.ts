import { isDeepStrictEqual } from 'node:util';
import type { NodeReport } from '../../../sandbox/cluster/report.ts';

type Nodes = Readonly<Record<string, NodeReport>>;

/** Complaints about differences from the cluster of an undisturbed run. */
export function judgeCluster(nodes: Nodes, undisturbed: Nodes): readonly string[] {
  const names = [...new Set([...Object.keys(nodes), ...Object.keys(undisturbed)])];
  return names.flatMap((name) => {
    const [is, wanted] = [nodes[name], undisturbed[name]];
    if (is === undefined || wanted === undefined) return [`${name} exists in only one of the two runs`];
    const [here, there] = [withoutNetwork(is), withoutNetwork(wanted)];
    return Object.keys(there).flatMap((key) => differs(name, key, here[key], there[key]));
  });
}

/** Complaints about a cluster that should be unchanged. */
export function judgeUntouched(nodes: Nodes): readonly string[] {
  return Object.entries(nodes).flatMap(([name, { engineEndpoints, registry, mounts, files }]) => {
    const isHolder = name === 'bootstrap';
    return [
      ...(engineEndpoints.length === 1 ? [] : [`${name}: the engine was reconfigured: ${engineEndpoints.join(' ')}`]),
      ...(isHolder || registry === null ? [] : [`${name} has a registry`]),
      ...(isHolder || mounts.length === 0 ? [] : [`${name} has mounts: ${mounts.join(' ')}`]),
      ...(isHolder || files.length === 0 ? [] : [`${name} has files: ${files.map(({ path }) => path).join(' ')}`]),
    ];
  });
}

function differs(node: string, key: string, is: unknown, wanted: unknown): readonly string[] {
  if (isDeepStrictEqual(is, wanted)) return [];
  return [`${node}: ${key} is ${JSON.stringify(is)}, but in an undisturbed run it is ${JSON.stringify(wanted)}`];
}

/** Each sandbox has its own loopback network; the last number of an address identifies the node. */
function withoutNetwork({ commands: _, engineEndpoints, ...report }: NodeReport): Readonly<Record<string, unknown>> {
  const endpoints = engineEndpoints.map((url) => url.replace(/127\.\d+\.\d+\./, '')).toSorted();
  return {
    ...report,
    mounts: report.mounts.toSorted(),
    files: report.files.toSorted((a, b) => a.path.localeCompare(b.path)),
    engineEndpoints: endpoints,
  };
}
