import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { z } from 'zod';
import { runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { registries } from '../src/adapters/registry/registries.ts';
import type { Archive } from '../src/domain/cluster/archive.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { proveImages } from '../src/steps/world/prove-images.ts';
import { sh } from './peers.ts';
import { profiled } from './profile.ts';
import { type Contender, race } from './race.ts';
import { ratioRow, rowOf, table, withProfile } from './report.ts';

interface ProofOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly mib: number;
}

const GOAL = 0.8;
/** The proof holds some pieces of each layer that it reads, whatever their size. */
const MOST_MEMORY_MIB = 64;
const ARCHIVES = 3;
const LAYERS = 4;
/** As many as the proof asks for at a time. */
const AT_ONCE = 6;
const HOST = '127.0.0.1';

const startedSchema = z.object({ port: z.number(), digests: z.array(z.string()) });
type Started = z.infer<typeof startedSchema>;

async function startRegistry(mib: number): Promise<Started & { readonly child: ChildProcess }> {
  const program = join(import.meta.dirname, 'proof/registry.ts');
  const args = [program, `${ARCHIVES}`, `${LAYERS}`, `${mib}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { ...startedSchema.parse(JSON.parse(String(line))), child };
}

/** One archive for each image. */
const archives = Array.from({ length: ARCHIVES }, (_, at): Archive => {
  const image = { prefix: 'bench', name: `image-${at}`, tag: '1' };
  const file = { path: `/${at}.iso`, size: 0, sha256: '' };
  return { kind: 'metalk8s', id: `bench-${at}`, version: '1', ...file, images: [image] };
});

/** `curl` into `openssl`, as many at a time, and each digest compared with its name. */
function byTools({ port, digests }: Started): Contender {
  const urls = digests.map((digest, at) => `image-${Math.floor(at / LAYERS)}/blobs/${digest}`);
  const one = `test "$(curl -sS --fail http://${HOST}:${port}/v2/bench/"$0" | openssl dgst -sha256 -r | cut -c1-64)" = "\${0##*:}"`;
  const line = `printf '%s\\n' ${urls.join(' ')} | xargs -n1 -P${AT_ONCE} sh -c '${one}'`;
  return { run: () => sh(line) };
}

/** Our proof; `grew` hears by how many MiB the process grew in it. */
function ours({ port }: Started, grew: (mib: number) => void): Contender {
  return {
    async run() {
      const before = process.memoryUsage.rss();
      let most = before;
      const look = setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss());
      }, 50);
      const proof = await proveImages(
        {
          ...{ registries: registries({ port }), clock: systemClock, archives },
          source: HOST,
          copies: [{ node: 'node-2', address: HOST }],
          onProgress: () => undefined,
        },
        new AbortController().signal,
      ).finally(() => clearInterval(look));
      if (proof.is !== 'same') throw new Error(proof.says);
      grew((most - before) / 2 ** 20);
    },
  };
}

async function bench({ json = false, rounds, mib }: ProofOptions): Promise<void> {
  const registry = await startRegistry(mib);
  const growth: number[] = [];
  try {
    const one = {
      ...{
        name: 'proof',
        goal: GOAL,
        says: `curl into openssl, ${ARCHIVES * LAYERS} layers of ${mib} MiB, ${AT_ONCE} at a time`,
      },
      peer: byTools(registry),
      ours: ours(registry, (grown) => growth.push(grown)),
    };
    const all = await race(one, rounds);
    const memory = ratioRow('proof-memory', MOST_MEMORY_MIB, 'MiB that the process grew in a proof', growth, true);
    const rows = [await withProfile(rowOf(one, all), () => profiled(one.ours.run)), memory];
    process.stdout.write(json ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
  } finally {
    registry.child.kill();
  }
}

await runCommandLine(
  new Command('npm run bench:proof --')
    .description('Race the proof of every layer against curl into openssl')
    .option('--json', 'print the rows as one JSON line')
    .option('--rounds <n>', 'timed rounds, after one that is not timed', wholeNumber(1, 1_000), 5)
    .option('--mib <n>', 'size of a layer in MiB', wholeNumber(1, 1_000), 128)
    .action(bench),
);
