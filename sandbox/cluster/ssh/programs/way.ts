import { dirname } from 'node:path';
import { DELETE_SCRIPT, GUARD, WAY_SCRIPT } from '../../../../src/domain/node-commands/way-scripts.ts';
import type { OpenFolder } from '../../files/node-files.ts';
import type { Call, Program } from '../program.ts';
import { rm } from './change.ts';

const way: Program = async (call) => {
  const open = await call.files.openFolder(call.user, call.args[0] ?? '');
  if (open !== null) await call.out(`${words(open)}\n`);
  return 0;
};

const remove = guarded((call) => rm({ ...call, program: 'rm', args: ['-f', '--', call.args[0] ?? ''] }));

/** The scripts about the way to a file, compared character by character. */
export const WAY_SCRIPTS: ReadonlyMap<string, Program> = new Map([
  [WAY_SCRIPT, way],
  [DELETE_SCRIPT, remove],
]);

/** A script whose `$1` is GUARD: runs with the other arguments if only root can change the folders on the way to the file `$2`. */
export function guarded(script: Program): Program {
  return async (call) => {
    const [guard, file = ''] = call.args;
    if (guard !== GUARD) {
      await call.err('sh: this sandbox evaluates only the guard of the worker’s scripts');
      return 127;
    }
    const open = await call.files.openFolder(call.user, dirname(file));
    if (open === null) return script({ ...call, args: call.args.slice(1) });
    await call.err(`Not only root can change (owner, mode, path): ${words(open)}`);
    return 1;
  };
}

/** Whether a path is a regular file of this user with one name. */
export async function isOwn({ files, user }: Call, path: string): Promise<boolean> {
  const { stats, path: at } = await files.find(user, path, 'look', false);
  return stats?.isFile() === true && stats.nlink === 1 && files.ownerOf(at).user === user;
}

const words = ({ owner, mode, path }: OpenFolder): string => `${owner} ${mode.toString(8)} ${path}`;
