import { mountpointOf } from '../../src/domain/cluster/archive.ts';
import { type Command, type CommandResult, render } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import { REGISTRY_CONFIG, REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';
import { DELETE_SCRIPT } from '../../src/domain/node-commands/way-scripts.ts';

/** One node of the fake lab from inside, changing as states and commands run. */
export interface Inside {
  readonly files: Set<string>;
  /** Ids of archives. */
  readonly mounted: Set<string>;
  readonly fstab: Set<string>;
  readonly config: Set<string>;
  registry: ReadonlySet<string> | null;
}

export const emptyInside = (): Inside => ({
  files: new Set(),
  mounted: new Set(),
  fstab: new Set(),
  config: new Set(),
  registry: null,
});

/** Whether a path exists: a copied file, or the manifest of the registry. */
export const isPresent = ({ files, registry }: Inside, path: string): boolean =>
  files.has(path) || (path === REGISTRY_MANIFEST && registry !== null);

/** Runs a plain command of an undo as a node would; any other command is a defect of the test. */
export function runPlain({ program, args }: Command, inside: Inside): CommandResult {
  if (program === 'sudo') return runPlain({ program: args[1] ?? '', args: args.slice(2) }, inside);
  const operands = args.slice(args.indexOf('--') + 1);
  switch (program) {
    case 'mv':
      if (operands[0] !== REGISTRY_MANIFEST) break;
      inside.files.add(operands[1] ?? '');
      inside.registry = null;
      return ended(0);
    case 'umount':
      return umount(operands[0] ?? '', inside);
    case 'sh':
      return runScript(args, inside);
    case 'rm':
      for (const path of operands) {
        inside.files.delete(path);
        inside.config.delete(path.slice(`${REGISTRY_CONFIG}/`.length));
      }
      return ended(0);
  }
  throw new Error(`The fake lab does not know: ${render({ program, args })}`);
}

function runScript(args: readonly string[], { files, fstab }: Inside): CommandResult {
  const last = args.at(-1) ?? '';
  if (args.includes(DELETE_SCRIPT)) files.delete(last);
  else for (const id of fstab) if (mountpointOf({ id }) === last) fstab.delete(id);
  return ended(0);
}

function umount(target: string, { mounted, registry }: Inside): CommandResult {
  const id = [...mounted].find((one) => mountpointOf({ id: one }) === target);
  if (id === undefined) return ended(32, `umount: ${target}: not mounted.`);
  if (registry?.has(id) === true) return ended(32, `umount: ${target}: target is busy.`);
  mounted.delete(id);
  return ended(0);
}

const ended = (code: number, stderr = ''): CommandResult => ({ ended: exit(code), stdout: '', stderr });
