import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shellQuote } from '../src/domain/node-commands/command.ts';
import type { Lab, SourceFile, Target } from './lab.ts';

const GCM = '-c aes128-gcm@openssh.com';

/** Shell command lines of the tools that an operator would use instead; each fails unless its work is done. */
export class Peers {
  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  scp(source: SourceFile, target: Target, path: string, options = ''): string {
    return `scp -q ${options} ${this.#options(target, '-P')} ${quoted(source.path)} ${this.#place(target, path)}`;
  }

  scpGcm(source: SourceFile, target: Target, path: string): string {
    return this.scp(source, target, path, GCM);
  }

  ssh(target: Target, line: string, options = ''): string {
    const { access } = target;
    return `ssh ${options} ${this.#options(target, '-p')} ${access.user}@${access.host} ${quoted(line)}`;
  }

  rsync(source: SourceFile, target: Target, path: string, options: string, cipher = ''): string {
    const through = quoted(`ssh ${cipher} ${this.#options(target, '-p')}`);
    return `rsync ${options} -e ${through} ${quoted(source.path)} ${this.#place(target, path)}`;
  }

  rsyncGcm(source: SourceFile, target: Target, path: string, options: string): string {
    return this.rsync(source, target, path, options, GCM);
  }

  /** Computes digests at both ends, one after the other. */
  digests(source: SourceFile, target: Target, path: string): string {
    return `${digest(source.path)} && ${this.ssh(target, digest(path))}`;
  }

  /** Computes digests at both ends in parallel, for one source and any number of copies. */
  digestsAtOnce(source: SourceFile, copies: readonly { target: Target; path: string }[]): string {
    const there = copies.map(({ target, path }) => this.ssh(target, digest(path)));
    return atOnce([digest(source.path), ...there]);
  }

  #options({ access }: Target, port: '-p' | '-P'): string {
    const known = `-o ${quoted(`UserKnownHostsFile=${this.#lab.knownHosts}`)} -o StrictHostKeyChecking=yes`;
    return `-F none ${known} -o BatchMode=yes -i ${quoted(access.keyPath)} ${port} ${access.port}`;
  }

  #place({ access }: Target, path: string): string {
    return `${access.user}@${access.host}:${path}`;
  }
}

const quoted = shellQuote;
const digest = (path: string): string => `openssl dgst -sha256 -r ${quoted(path)}`;

/** Runs command lines in parallel; all must succeed. */
export function atOnce(lines: readonly string[]): string {
  const started = lines.map((line, at) => `{ ${line}; } & p${at}=$!`).join('\n');
  return `${started}\n${lines.map((_, at) => `wait $p${at}`).join(' && ')}`;
}

/** Runs a shell command line; if it fails, throws with its output. */
export async function sh(line: string): Promise<void> {
  const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${line}\nended with ${child.exitCode ?? child.signalCode}: ${said}`);
}

/** Whether this program is installed. */
export async function has(program: string): Promise<boolean> {
  return sh(`command -v ${program} >/dev/null`).then(
    () => true,
    () => false,
  );
}
