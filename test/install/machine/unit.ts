import { z } from 'zod';
import type { DebianMachine } from './debian-machine.ts';
import { PROGRAM } from './operator.ts';

/** The words of `systemctl show` that the tests compare. */
export interface Unit {
  readonly LoadState: string;
  readonly ActiveState: string;
  readonly UnitFileState: string;
  readonly MainPID: string;
  readonly NRestarts: string;
  readonly NeedDaemonReload: string;
  readonly Result: string;
  readonly Environment: string;
}

const Shown = z.object({
  LoadState: z.string(),
  ActiveState: z.string(),
  UnitFileState: z.string(),
  MainPID: z.string(),
  NRestarts: z.string(),
  NeedDaemonReload: z.string(),
  Result: z.string(),
  Environment: z.string().default(''),
});

export async function unitOf(machine: DebianMachine, name: string): Promise<Unit> {
  const shown = await machine.does('systemctl', 'show', `--property=${Object.keys(Shown.shape).join(',')}`, name);
  const pairs = shown
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return Shown.parse(Object.fromEntries(pairs));
}

/** The program that the unit's process runs: of which build. */
export async function programOf(machine: DebianMachine, name: string): Promise<string> {
  const { MainPID } = await unitOf(machine, name);
  return (await machine.does('readlink', `/proc/${MainPID}/exe`)).trim();
}

const Says = z.object({
  process: z.string(),
  checks: z.array(z.object({ room: z.string(), name: z.string(), verdict: z.string() })),
});

const DOCTOR_LIMIT_MS = 60_000;

/** Runs the doctor of a process that has just been started, until it exits 0. Returns how many checks were good, and the others. */
export async function healthy(machine: DebianMachine, whose: 'worker' | 'bot') {
  let said = '';
  await machine
    .until(`doctor ${whose} exits 0`, DOCTOR_LIMIT_MS, async () => {
      const { code, out, err } = await machine.run(PROGRAM, 'doctor', whose, '--json');
      said = out === '' ? err : out;
      return code === 0;
    })
    .catch((cause: unknown) => {
      throw new Error(`The last words of the doctor:\n${said}`, { cause });
    });
  const { process, checks } = Says.parse(JSON.parse(said));
  const bad = checks.filter(({ verdict }) => verdict !== 'good').map(({ room, name }) => `${room}: ${name}`);
  return { process, good: checks.length - bad.length, bad };
}
