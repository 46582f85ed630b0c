import { join } from 'node:path';
import { sshShell } from '../../../src/adapters/ssh/run/shell.ts';
import type { NodeAccess } from '../../../src/domain/cluster/facts.ts';
import type { NodeRun, NodeShell } from '../../../src/ports/nodes.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';
import { type Sshd, type SshdOptions, startSshd } from '../../fixtures/sshd.ts';
import { ownFolder, removeFolder } from '../../harness/stage/own-folder.ts';

/** A real sshd, the worker's shell, and a temporary folder. */
export interface SshStage {
  readonly folder: string;
  readonly sshd: Sshd;
  readonly knownHostsPath: string;
  readonly access: NodeAccess;
  readonly shell: NodeShell;
  /** Pins the node's key. */
  pin(): Promise<void>;
  close(): Promise<void>;
}

export async function sshStage(options: Omit<SshdOptions, 'folder'> = {}): Promise<SshStage> {
  const folder = await ownFolder('ssh');
  const sshd = await startSshd({ ...options, folder });
  const { host, port, user, userKeyPath: keyPath } = sshd;
  const access: NodeAccess = { node: 'node-2', host, port, user, keyPath, sudo: false };
  const knownHostsPath = join(folder, 'ours', 'known_hosts');
  const shell = sshShell({ knownHostsPath });
  return {
    folder,
    sshd,
    knownHostsPath,
    access,
    shell,
    pin: async () => shell.pin([{ node: access.node, key: await shell.hostKey(access, limits()) }]),
    close: async () => {
      await shell.close();
      await sshd.close();
      await removeFolder(folder);
    },
  };
}

export function limits(more: Partial<NodeRun> = {}): NodeRun {
  return { signal: new AbortController().signal, limitMs: PATIENCE_MS, ...more };
}
