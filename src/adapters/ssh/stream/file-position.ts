import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { NotSent } from '../run/channel.ts';
import { settled } from '../run/settled.ts';

/** The position of a descriptor shared with a child process (proc(5), fdinfo). */
export async function positionOf(fd: number): Promise<number> {
  const text = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8');
  return Number(/^pos:\s*(\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

/**
 * Moves a descriptor forward to a byte. Node has no lseek(2), so dd, copying nothing, moves the shared descriptor. Only the resulting
 * position counts, not dd's exit code. Throws NotSent when the position is wrong.
 */
export async function moveTo(fd: number, position: number): Promise<void> {
  const now = await positionOf(fd);
  if (now === position) return;
  if (now > position) throw new NotSent(`the file has been read to byte ${now}, past ${position}`);
  const args = [`skip=${position - now}`, 'iflag=skip_bytes', 'count=0', 'status=none'];
  const child = spawn('dd', args, { stdio: [fd, 'ignore', 'ignore'] });
  const ended = await settled(once(child, 'close'));
  if ('error' in ended) throw new NotSent('dd could not be started', { cause: ended.error });
  const reached = await positionOf(fd);
  if (reached !== position) throw new NotSent(`dd left the file at byte ${reached}, not at ${position}`);
}
