import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Service } from '../processes/service.ts';

/** A process of the sandbox whose clock can be set. */
export type Clocked = 'bot' | 'worker';

const MOVABLE = pathToFileURL(join(import.meta.dirname, 'movable.ts')).href;

const clockPath = (folder: string, name: Clocked): string => join(folder, `${name}.clock`);

/** Node options that give a process its own clock, correct at first. */
export function clockOf(
  folder: string,
  name: Clocked,
): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  writeFileSync(clockPath(folder, name), '0');
  return { args: ['--import', MOVABLE], env: { SANDBOX_CLOCK: clockPath(folder, name) } };
}

/** Sets the clock of a ready process, and of later starts, to an offset in milliseconds from the correct time. */
export async function setClock(folder: string, name: Clocked, offMs: number, { pid }: Service): Promise<void> {
  await writeFile(clockPath(folder, name), String(offMs));
  if (pid !== undefined) process.kill(pid, 'SIGWINCH');
}
