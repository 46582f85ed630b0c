import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { type Mutant, mutate } from './mutant.ts';

/** How a run of test files ended. */
export type TestsEnded =
  | { readonly is: 'passed'; readonly tests: number }
  /** `by`: the first test that failed. */
  | { readonly is: 'failed'; readonly by: string }
  /** No test ran: a file could not be loaded, or there is none. */
  | { readonly is: 'not-run'; readonly why: string }
  | { readonly is: 'timeout'; readonly afterMs: number };

/** How the tests of a mutant ended, if the mutant could be made at all. */
export type MutantEnded = TestsEnded | { readonly is: 'stale'; readonly why: string };

const ROOT = resolve(import.meta.dirname, '../..');
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'coverage']);
const REPORT = 'mutation-report.json';

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** A copy of the tree in which tests are run, with one mutant in it at a time. */
export class Playground {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(): Promise<Playground> {
    const root = await mkdtemp(join(tmpdir(), 'registry-ha-mutation-'));
    await cp(ROOT, root, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
    await linkPackages(root);
    return new Playground(root);
  }

  /** Runs the tests of a mutant with the mutant in its file, which is then as it was. */
  async runMutant(mutant: Mutant, limitMs: number, signal: AbortSignal): Promise<MutantEnded> {
    const path = join(this.#root, mutant.file);
    const text = await readFile(path, 'utf8').catch(() => '');
    const mutated = mutate(text, mutant);
    if (mutated.is === 'stale') return mutated;
    await writeFile(path, mutated.text);
    try {
      return await this.runTests(mutant.tests, limitMs, signal);
    } finally {
      await writeFile(path, text);
    }
  }

  /** Runs test files until the first test that fails. */
  async runTests(files: readonly string[], limitMs: number, signal: AbortSignal): Promise<TestsEnded> {
    await rm(join(this.#root, REPORT), { force: true });
    const words = ['run', '--bail=1', '--reporter=json', `--outputFile=${REPORT}`, ...files];
    const isOver = await ended(this.#root, words, limitMs, signal);
    return isOver ? readReport(await readFile(join(this.#root, REPORT), 'utf8').catch(() => '')) : timeout(limitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeFolder(this.#root);
  }
}

const timeout = (afterMs: number): TestsEnded => ({ is: 'timeout', afterMs });

/** A folder of its own, so that nothing cached is shared with the tree that is worked in. */
async function linkPackages(root: string): Promise<void> {
  const [from, to] = [join(ROOT, 'node_modules'), join(root, 'node_modules')];
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => !name.startsWith('.') || name === '.bin');
  for (const name of names) await symlink(join(from, name), join(to, name));
}

/** Runs vitest; false when it was ended at the limit. */
async function ended(cwd: string, words: readonly string[], limitMs: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const { UPDATE_GOLDEN: _, ...env } = process.env;
  // A group of its own: its workers, and what tests have started, end with it.
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...words], {
    cwd,
    env,
    stdio: 'ignore',
    detached: true,
  });
  const limit = AbortSignal.timeout(limitMs);
  const end = (): void => endGroup(child.pid);
  const either = AbortSignal.any([signal, limit]);
  either.addEventListener('abort', end, { once: true });
  await once(child, 'exit');
  either.removeEventListener('abort', end);
  signal.throwIfAborted();
  return !limit.aborted;
}

function endGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** A test that failed is believed only if it ran: a mutant that cannot be loaded proves nothing. */
export function readReport(text: string): TestsEnded {
  const report = reportSchema.safeParse(text === '' ? null : JSON.parse(text));
  if (!report.success) return { is: 'not-run', why: 'vitest has written no report' };
  const tests = report.data.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { is: 'failed', by: failed.fullName };
  const unloaded = report.data.testResults.find(({ message }) => message !== '');
  if (unloaded !== undefined) return { is: 'not-run', why: `${basename(unloaded.name)}: ${unloaded.message}` };
  const passed = tests.filter(({ status }) => status === 'passed').length;
  return passed > 0 ? { is: 'passed', tests: passed } : { is: 'not-run', why: 'no test ran' };
}
