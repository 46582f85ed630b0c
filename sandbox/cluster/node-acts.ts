import { PathRefused } from './files/path-refused.ts';
import { IsoUnreadable, readRootFile } from './iso/read.ts';
import { mountIso, unmountIso } from './mounts.ts';
import type { ClusterParts } from './parts.ts';
import type { RegistryPods } from './registry/pod.ts';
import type { NodeActs, RootShell } from './world.ts';

/** The actions of Salt's states and of the kubelet on a node, as root. */
export function nodeActs(parts: ClusterParts, pods: RegistryPods, shell: RootShell): NodeActs {
  return {
    mount: (node, isoPath, target) => mountIso(parts, node, isoPath, target),
    unmount: (node, target) => unmountIso(parts, node, target),
    readFromIso: async (node, isoPath, name) => {
      const { real } = await parts.filesOf(node).find('root', isoPath, 'read');
      try {
        return (await readRootFile(real, name)) ?? '';
      } catch (cause) {
        if (cause instanceof IsoUnreadable) return '';
        throw cause;
      }
    },
    startRegistry: (node, spec) => pods.start(node, spec),
    stopRegistry: (node) => pods.stop(node),
    runAsRoot: (node, words) => shell.run(node, words),
    readFile: (node, path) => parts.filesOf(node).readText(path),
    writeFile: (node, path, content) => parts.filesOf(node).writeText(path, content),
    exists: async (node, path) => {
      try {
        const { stats } = await parts.filesOf(node).find('root', path, 'look');
        if (stats === null) return null;
        return stats.isDirectory() ? 'directory' : 'file';
      } catch (refused) {
        if (refused instanceof PathRefused) return null;
        throw refused;
      }
    },
  };
}
