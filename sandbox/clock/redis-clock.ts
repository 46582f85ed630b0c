import { execFile } from 'node:child_process';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE } from '../place.ts';
import { findProgram } from '../processes/programs.ts';

const SOURCE = join(import.meta.dirname, 'redis-clock.c');

const clockPath = (folder: string): string => join(folder, 'redis.clock');

/** The environment that gives redis-server its own clock, correct at first. Needs a C compiler. */
export async function redisClockOf(folder: string, path: string): Promise<Readonly<Record<string, string>>> {
  const compiler = await findProgram(['cc', 'gcc', 'clang'], path);
  if (compiler === null) throw new Error('No C compiler is installed. Run `apt-get install gcc libc6-dev`');
  await mkdir(CACHE, { recursive: true });
  const library = join(CACHE, 'redis-clock.so');
  // Several sandboxes may compile it at the same time.
  const own = `${library}.${process.pid}-${performance.now()}`;
  await promisify(execFile)(compiler, ['-shared', '-fPIC', '-O1', '-o', own, SOURCE]);
  await rename(own, library);
  await writeFile(clockPath(folder), inBytes(0));
  return { LD_PRELOAD: library, SANDBOX_CLOCK: clockPath(folder) };
}

/** Sets the clock of Redis, also of later starts, to an offset in milliseconds from the correct time. */
export async function setRedisClock(folder: string, offMs: number): Promise<void> {
  // Never shorter than what is mapped: the server would end by SIGBUS.
  const file = await open(clockPath(folder), 'r+');
  try {
    await file.write(inBytes(offMs), 0, 8, 0);
  } finally {
    await file.close();
  }
}

function inBytes(offMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(offMs));
  return bytes;
}
