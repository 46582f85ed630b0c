import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../../../src/domain/node-commands/command.ts';
import { copyCommands } from '../../../src/domain/node-commands/copy-commands.ts';
import { deleteCopy } from '../../../src/domain/node-commands/undo-commands.ts';
import { ownFolder, removeFolder } from '../../harness/stage/own-folder.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';

const BYTES = Buffer.from('the archive\n');
const SECRET = 'root:$6$salt$hash\n';

/** A node's archive folder, and a file of root's elsewhere that the attacker wants root to write to. */
interface Place {
  readonly folder: string;
  readonly victim: string;
}

interface Trap {
  readonly name: string;
  readonly tries: string;
  /** Mode of the archive folder; the attacker can write to it. */
  readonly mode: number;
  readonly set: (place: Place) => Promise<unknown>;
}

const PART = 'a.iso.part-lab-abc123';

const TRAPS: readonly Trap[] = [
  {
    name: 'link-for-the-part-file',
    tries: 'a link to a file of root in place of the part file, in a folder of another user',
    mode: 0o775,
    set: ({ folder, victim }) => symlink(victim, join(folder, PART)),
  },
  {
    name: 'link-in-a-sticky-folder',
    tries: 'the same link in a folder like /tmp',
    mode: 0o1777,
    set: ({ folder, victim }) => symlink(victim, join(folder, PART)),
  },
  {
    name: 'link-left-in-a-repaired-folder',
    tries: 'the same link, left there before root took the folder back',
    mode: 0o755,
    set: ({ folder, victim }) => symlink(victim, join(folder, PART)),
  },
  {
    name: 'folder-swapped-for-a-link',
    tries: 'a link to a folder of root in place of a subfolder',
    mode: 0o777,
    set: ({ folder, victim }) => symlink(join(victim, '..'), join(folder, 'isos')),
  },
];

/** Links where the worker writes as root. The scripts run in a real shell. */
export const linkedPartAttacks = (): readonly Attack[] =>
  TRAPS.map(({ name, tries, mode, set }) => ({
    on: 'part',
    name,
    tries,
    stopped: async () => {
      const root = await ownFolder('attack');
      try {
        const place = { folder: join(root, 'releases'), victim: join(root, 'etc', PART) };
        await mkdir(place.folder);
        await mkdir(join(root, 'etc'), { mode: 0o700 });
        await writeFile(place.victim, SECRET, { mode: 0o600 });
        await set(place);
        await chmod(place.folder, mode);
        return await untouched(place);
      } finally {
        await removeFolder(root);
      }
    },
  }));

/** Runs every changing command of a copy and its undo, as far as they go. */
async function untouched({ folder, victim }: Place): Promise<string> {
  const before = await readdir(join(victim, '..'));
  const inside = (await readdir(folder)).includes('isos') ? join(folder, 'isos') : folder;
  const [path, part] = [join(inside, 'a.iso'), join(inside, PART)];
  const { receive, finish, discard } = copyCommands({ path, part, size: BYTES.length, sudo: false });
  const said = [finish, receive(0), finish, discard, deleteCopy(part)].map(saidBy);
  reached(
    said.some((line) => line !== ''),
    'No script refused anything.',
  );
  must((await readFile(victim, 'utf8')) === SECRET, 'Root wrote to the file behind the link.');
  const { mode, uid } = await stat(victim);
  must((mode & 0o777) === 0o600 && uid === process.getuid?.(), 'Root changed the mode or owner of the file.');
  must((await readdir(join(victim, '..'))).join() === before.join(), 'Root changed a folder behind the link.');
  return said.find((line) => line !== '') ?? '';
}

function saidBy({ program, args }: Command): string {
  const { status, stderr } = spawnSync(program, args, { input: BYTES, encoding: 'utf8' });
  return status === 0 ? '' : `exit code ${status} ${stderr.trim()}`;
}
