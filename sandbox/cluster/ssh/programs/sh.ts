import { PROOF_SCRIPT, SUDO_SCRIPT } from '../../../../src/domain/node-commands/proof-commands.ts';
import { FSTAB_SCRIPT } from '../../../../src/domain/node-commands/undo-commands.ts';
import type { Program } from '../program.ts';
import { COPY_SCRIPTS } from './copy-scripts.ts';
import { LOOK_SCRIPTS, prove, proveSudo } from './proof.ts';
import { RUN_SCRIPTS } from './run-scripts.ts';
import { dropFromFstab } from './unmount.ts';
import { WAY_SCRIPTS } from './way.ts';

const SCRIPTS: ReadonlyMap<string, Program> = new Map([
  ...COPY_SCRIPTS,
  ...WAY_SCRIPTS,
  ...RUN_SCRIPTS,
  ...LOOK_SCRIPTS,
  [FSTAB_SCRIPT, dropFromFstab],
  [PROOF_SCRIPT, prove],
  [SUDO_SCRIPT, proveSudo],
]);

/** sh -c SCRIPT sh ARGUMENT…, for the worker's own scripts only; any other script is an error. */
export const sh: Program = async (call) => {
  const [option, text = '', , ...args] = call.args;
  const script = option === '-c' ? SCRIPTS.get(text) : undefined;
  if (script !== undefined) return script({ ...call, args });
  await call.err('sh: this sandbox supports only the scripts of an inspection, a copy, a state run and an undo');
  return 127;
};
