import { GATHER_SCRIPT, LOOK_SCRIPT, LOOKS, looksAtPath } from '../../../../src/domain/node-commands/look-commands.ts';
import { MANIFESTS_SCRIPT } from '../../../../src/domain/node-commands/manifest-copies.ts';
import { definesRegistry, visibleManifests } from '../../kubelet.ts';
import type { Call, Program } from '../program.ts';
import { splitWords } from '../words.ts';
import { cat, ls } from './show.ts';
import { stat } from './stat.ts';
import { findmnt, losetup } from './system.ts';

/** The script that prints its argument. */
export const prove: Program = async (call) => {
  await call.out(`${call.args[0] ?? ''}\n`);
  return 0;
};

/** The script that prints the first program that sudo does not run. */
export const proveSudo: Program = async ({ node, reach, user, args, out, err }) => {
  const isLimited = reach.parts.faults.isOn('sudo-password', node.name) || node.ssh.sudo !== 'nopasswd';
  if (user === 'root' || !isLimited) return 0;
  await err('sudo: a password is required');
  await out(`${args[0] ?? ''}\n`);
  return 1;
};

/** The script that lists the files of kubelet's folder that define the registry's pod. */
const manifests: Program = async ({ node, reach, out }) => {
  for (const { path, text } of await visibleManifests(reach.parts, node))
    if (definesRegistry(text)) await out(`${path}\n`);
  return 0;
};

const PARTS: ReadonlyMap<string, Program> = new Map(
  Object.entries({ findmnt, losetup, cat, ls, stat, sh: (call) => manifests(call) } satisfies Record<string, Program>),
);

/** The script that reads everything about a registry on its node: each program's exit code and output, errors included. */
const look: Program = async (call) => {
  for (const { program, args } of [...LOOKS, ...call.args.flatMap(looksAtPath)]) {
    const { code, said } = await heard({ ...call, program, args });
    await call.out(`${code}\0${said}\0`);
  }
  return 0;
};

/** `$(…)` drops the line ends at the end. */
async function heard(call: Call): Promise<{ readonly code: number; readonly said: string }> {
  const pieces: string[] = [];
  const code = await PARTS.get(call.program)?.({
    ...call,
    out: async (content) => void pieces.push(content.toString()),
    err: async (line) => void pieces.push(`${line}\n`),
  });
  return { code: code ?? 127, said: pieces.join('').replace(/\n+$/, '') };
}

/** The script that runs command lines and prints each one's exit code, output and errors, as a shell holds them. */
const gather: Program = async (call) => {
  for (const line of call.args) {
    const [out, err]: [string[], string[]] = [[], []];
    const split = splitWords(line);
    const code =
      split.is === 'refused'
        ? 2
        : await call.run(split.words, {
            out: async (content) => void out.push(content.toString()),
            err: async (said) => void err.push(`${said}\n`),
          });
    if (split.is === 'refused') err.push(split.says);
    const [printed, errors] = [out, err].map((pieces) => pieces.join('').replaceAll('\0', ''));
    await call.out(`${code}\0${printed}\0${errors?.replace(/\n+$/, '')}\0`);
  }
  return 0;
};

/** By their text, compared character by character. */
export const LOOK_SCRIPTS: ReadonlyMap<string, Program> = new Map([
  [LOOK_SCRIPT, look],
  [GATHER_SCRIPT, gather],
  [MANIFESTS_SCRIPT, manifests],
]);
