import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { tokenize } from '../../src/domain/typed/tokenize.ts';
import { bareEnvironment } from '../place.ts';
import { program } from '../processes/program.ts';

const ID = /\blab-[a-z0-9]{6}\b/g;

/** Commands on the bootstrap node, each by a person behind sudo who confirms the plan that it shows. */
export class Terminals {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #shown: { readonly person: string; text: string }[] = [];

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Starts it, and does not wait for its end. `CHANGE` is the last change that a terminal has shown. */
  async type(person: string, command: string): Promise<void> {
    const last = this.#shown.flatMap(({ text }) => text.match(ID) ?? []).at(-1) ?? 'CHANGE';
    const words = tokenize(command.replaceAll('CHANGE', last)).words.map(({ text }) => text);
    const shown = { person, text: `$ registry-ha ${command}\n` };
    this.#shown.push(shown);
    const child = spawn(process.execPath, [await program(), ...words, '--config', join(this.#folder, 'worker.yaml')], {
      env: { ...bareEnvironment(process.env), SUDO_USER: person, SUDO_UID: '1000' },
      signal: this.#signal,
    });
    const show = (data: unknown): void => {
      shown.text += data;
    };
    child.stdout.on('data', show);
    child.stderr.on('data', show);
    child.on('error', (error) => show(`${error}\n`));
    child.on('close', (code) => show(`exit ${code}\n`));
    child.stdin.on('error', () => undefined);
    child.stdin.end('lab\n');
  }

  /** What each command of this person has shown until now. */
  of(person: string): readonly { readonly texts: readonly string[] }[] {
    return this.#shown.filter((one) => one.person === person).map(({ text }) => ({ texts: [text] }));
  }
}
