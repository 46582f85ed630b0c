import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootstrapNode } from '../../../src/adapters/bootstrap/bootstrap-node.ts';
import { openTargetDigests } from '../../../src/adapters/node/target-digests.ts';
import { sshCopier } from '../../../src/adapters/ssh/copy/copier.ts';
import { OpenSsh } from '../../../src/adapters/ssh/run/openssh.ts';
import type { CopierParts } from '../../../src/adapters/ssh/stream/copy-parts.ts';
import type { Command, CommandResult } from '../../../src/domain/node-commands/command.ts';
import { shownCopyCommands } from '../../../src/domain/node-commands/copy-commands.ts';
import type { CopiedArchive, CopyStep } from '../../../src/domain/plan/step.ts';
import type { Copier, TargetDigests } from '../../../src/ports/copier.ts';
import type { NodeShell } from '../../../src/ports/nodes.ts';
import { fastClock, sha256Of } from './copy-stage.ts';
import { type SshStage, sshStage } from './stage.ts';

const MIB = 1024 * 1024;

/** The whole engine between a real bootstrap node's files and a real sshd: two archives that share most of their content. */
export interface EngineStage extends SshStage {
  readonly old: CopiedArchive;
  readonly next: CopiedArchive;
  readonly digests: TargetDigests;
  /** Commands of the built-in client. */
  readonly ran: Command[];
  /** The path of an archive on the bootstrap node. */
  sourceOf(archive: CopiedArchive): string;
  copier(parts?: Partial<CopierParts>): Copier;
  /** The bootstrap node's files; reports each read. */
  bootstrapThat(onRead: (path: string) => void): CopierParts['bootstrap'];
  step(archive: CopiedArchive, seed?: CopiedArchive): CopyStep;
  isThere(archive: CopiedArchive): Promise<boolean>;
}

export async function engineStage(mib = 8): Promise<EngineStage> {
  const stage = await sshStage();
  await stage.pin();
  const root = join(stage.folder, 'bootstrap');
  const shared = randomBytes(mib * MIB);
  const fresh = randomBytes(2 * MIB + 1000);
  const half = shared.length / 2;
  const archive = async (id: string, bytes: Buffer): Promise<CopiedArchive> => {
    const path = join(stage.folder, 'srv', `${id}.iso`);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
    return { id, path, size: bytes.length, sha256: sha256Of(bytes) };
  };
  const bootstrap = bootstrapNode({ root, bootstrapFile: '/none', solutionsFile: '/none' });
  const digests = await openTargetDigests({ log: () => undefined });
  const ran: Command[] = [];
  const shell: NodeShell = {
    run: (access, command, options): Promise<CommandResult> => {
      ran.push(command);
      return stage.shell.run(access, command, options);
    },
    hostKey: (...words) => stage.shell.hostKey(...words),
    pin: (keys) => stage.shell.pin(keys),
    close: () => stage.shell.close(),
  };
  const openSsh = new OpenSsh({ knownHostsPath: stage.knownHostsPath });
  return {
    ...stage,
    old: await archive('old', shared),
    next: await archive('next', Buffer.concat([shared.subarray(half), fresh, shared.subarray(0, half)].map(whole))),
    digests,
    ran,
    sourceOf: ({ path }) => join(root, path),
    copier: (parts = {}) => sshCopier({ shell, bootstrap, clock: fastClock(20), digests, openSsh, ...parts }),
    bootstrapThat: (onRead) => ({
      read: (...words) => bootstrap.read(...words),
      sha256: (...words) => bootstrap.sha256(...words),
      open: async (path, signal) => {
        const archived = await bootstrap.open(path, signal);
        const readAt = (at: number, length: number, into?: Buffer) => {
          onRead(path);
          return archived.readAt(at, length, into);
        };
        return {
          fd: archived.fd,
          size: archived.size,
          identity: archived.identity,
          readAt,
          assertUnchanged: () => archived.assertUnchanged(),
          close: () => archived.close(),
        };
      },
    }),
    step: (archived, seed) => stepOf(archived, seed, stage.access.sudo),
    isThere: ({ path, sha256 }) =>
      readFile(path).then(
        (bytes) => sha256Of(bytes) === sha256,
        () => false,
      ),
  };
}

/** Content begins at a sector. */
const whole = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((2048 - (bytes.length % 2048)) % 2048)]);

function stepOf(archive: CopiedArchive, seed: CopiedArchive | undefined, sudo: boolean): CopyStep {
  const { path, size } = archive;
  const part = `${path}.part-lyon-abc123`;
  const commands = shownCopyCommands({ path, part, size, sudo, ...(seed === undefined ? {} : { seed: seed.path }) });
  return {
    kind: 'copy',
    id: `copy:node-2:${archive.id}`,
    says: `Copy ${archive.id} to node-2`,
    commands: commands.map((command) => ({ on: 'node-2', command })),
    node: 'node-2',
    archive,
    part,
    ...(seed === undefined ? {} : { seed }),
  };
}
