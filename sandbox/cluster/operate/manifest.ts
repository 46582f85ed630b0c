import { copyFile, rename } from 'node:fs/promises';
import { REGISTRY_MANIFEST } from '../../../src/domain/node-commands/undo-commands.ts';
import type { ClusterParts } from '../parts.ts';
import type { SimNode } from '../world.ts';
import { OperationFailed } from './config.ts';

const COPY = `${REGISTRY_MANIFEST}.bak`;

/** An operator's `cp repositories.yaml repositories.yaml.bak` in kubelet's folder, or the way out: the copy moves to /root. */
export async function keepManifest(parts: ClusterParts, node: SimNode, act: string): Promise<void> {
  const files = parts.filesOf(node);
  const from = act === 'copy' ? REGISTRY_MANIFEST : COPY;
  const source = await files.find('root', from, 'look');
  if (source.stats === null) throw new OperationFailed(`${node.name} has no ${from}.`);
  const target = await files.find('root', act === 'copy' ? COPY : '/root/repositories.yaml.bak', 'enter');
  await (act === 'copy' ? copyFile(source.real, target.real) : rename(source.real, target.real));
}
