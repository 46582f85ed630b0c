import { type Command, command } from './command.ts';
import { REGISTRY_MANIFEST } from './undo-commands.ts';

/** kubelet runs every file in this folder whose name does not begin with a dot. */
export const MANIFESTS = '/etc/kubernetes/manifests';

/** A YAML file whose own `metadata.name` is the registry's: a label, a volume or a container of that name does not count. */
const DEFINES_THE_POD = [
  '/^[^ #]/ { top = /^metadata:/; depth = 0; next }',
  'top && !/^ *#/ && match($0, /^ +/) { if (!depth) depth = RLENGTH;',
  'if (RLENGTH == depth && /^ +name: +["\\047]?repositories["\\047]?[ \\r]*$/) { found = 1; exit } }',
  'END { exit !found }',
].join(' ');

/** Shell text: prints `start` and the path of each file that defines the registry's pod. kubelet follows links, too. */
export const manifestsIn = (folder: string, start = ''): string =>
  `for file in ${folder}/*; do if [ -f "$file" ] && awk '${DEFINES_THE_POD}' "$file"; then echo "${start}$file"; fi; done`;

/** Arguments: kubelet's folder. */
export const MANIFESTS_SCRIPT = [
  '# Prints every file of the folder $1 that defines the pod of the registry. Changes nothing.',
  manifestsIn('"$1"'),
].join('\n');

/** Lists every file by which kubelet runs the registry. */
export const LIST_MANIFESTS: Command = command('sh', '-c', MANIFESTS_SCRIPT, 'sh', MANIFESTS);

/** Those of the listed manifests that are copies beside the registry's own. */
export const copiesAmong = (manifests: readonly string[]): readonly string[] =>
  manifests.filter((path) => path.startsWith(`${MANIFESTS}/`) && path !== REGISTRY_MANIFEST);
