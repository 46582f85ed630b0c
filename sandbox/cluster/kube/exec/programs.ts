import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { SaltMaster } from '../../salt/cli/master.ts';

/** The output streams of a program, and the signal that ends it. */
interface ProgramStreams {
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
  readonly signal: AbortSignal;
}

/** A program that exec starts in a container. */
export interface ContainerProgram {
  run(streams: ProgramStreams): Promise<number>;
  write(bytes: Buffer): void;
  endInput(): void;
}

/** A program of the simulated salt-master container; it reads no input. */
export function simulatedProgram(master: SaltMaster, container: string, argv: readonly string[]): ContainerProgram {
  return {
    run: async ({ stdout, stderr, signal }) => {
      const [program = ''] = argv;
      if (container !== 'salt-master' || !master.has(program)) throw new Error(notInPath(program));
      const text = {
        stdout: (out: string) => stdout(Buffer.from(out)),
        stderr: (out: string) => stderr(Buffer.from(out)),
      };
      return await master.run(argv, { ...text, signal });
    },
    write: () => undefined,
    endInput: () => undefined,
  };
}

/** A program of this computer, started without a shell: to use a real Salt through exec. */
export function hostProgram(argv: readonly string[]): ContainerProgram {
  const [program = '', ...words] = argv;
  let child: ChildProcessWithoutNullStreams | null = null;
  return {
    run: async ({ stdout, stderr, signal }) => {
      child = spawn(program, words, { stdio: 'pipe' });
      const stop = () => child?.kill('SIGTERM');
      signal.addEventListener('abort', stop, { once: true });
      child.stdout.on('data', stdout);
      child.stderr.on('data', stderr);
      // A write fails if the program stops reading its input; that does not fail the session.
      child.stdin.on('error', () => undefined);
      try {
        const [code] = await once(child, 'close');
        return typeof code === 'number' ? code : 137;
      } catch (error) {
        throw new Error(notInPath(program), { cause: error });
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    write: (bytes) => child?.stdin.write(bytes),
    endInput: () => child?.stdin.end(),
  };
}

function notInPath(program: string): string {
  return `failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
}
