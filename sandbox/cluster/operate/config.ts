import { dump, load } from 'js-yaml';
import { z } from 'zod';
import type { ClusterParts } from '../parts.ts';

/** A script of MetalK8s ended with an error; `message` is its last line. */
export class OperationFailed extends Error {
  override readonly name = 'OperationFailed';
}

const BOOTSTRAP = '/etc/metalk8s/bootstrap.yaml';
const SOLUTIONS = '/etc/metalk8s/solutions.yaml';

const BootstrapFile = z.looseObject({ archives: z.union([z.string(), z.array(z.string())]) });
const SolutionsFile = z.looseObject({
  active: z.record(z.string(), z.string()).nullish(),
  archives: z.array(z.string()).nullish(),
});

/** The archives in bootstrap.yaml. A single text breaks iso-manager.sh, which appends to a list. */
export async function bootstrapArchives(parts: ClusterParts): Promise<readonly string[]> {
  const { archives } = await bootstrapFile(parts);
  if (typeof archives === 'string') throw new OperationFailed("AttributeError: 'str' object has no attribute 'append'");
  return archives;
}

export async function writeBootstrapArchives(parts: ClusterParts, archives: readonly string[]): Promise<void> {
  const text = dump({ ...(await bootstrapFile(parts)), archives });
  await parts.filesOf(parts.world.bootstrap).writeText(BOOTSTRAP, text, 0o600);
}

async function bootstrapFile(parts: ClusterParts): Promise<z.infer<typeof BootstrapFile>> {
  return BootstrapFile.parse(load(await parts.filesOf(parts.world.bootstrap).readText(BOOTSTRAP)));
}

/** solutions.yaml; empty if it does not exist yet. */
export interface Solutions {
  readonly archives: readonly string[];
  readonly active: Readonly<Record<string, string>>;
}

export async function solutionsFile(parts: ClusterParts): Promise<Solutions> {
  const files = parts.filesOf(parts.world.bootstrap);
  const isThere = await files.find('root', SOLUTIONS, 'look').then(
    ({ stats }) => stats !== null,
    () => false,
  );
  if (!isThere) return { archives: [], active: {} };
  const { archives, active } = SolutionsFile.parse(load(await files.readText(SOLUTIONS)));
  return { archives: archives ?? [], active: active ?? {} };
}

/** As yaml.safe_dump writes it: keys in alphabetical order. */
export async function writeSolutions(parts: ClusterParts, { archives, active }: Solutions): Promise<void> {
  const apiVersion = 'solutions.metalk8s.scality.com/v1alpha1';
  const text = dump({ active, apiVersion, archives, kind: 'SolutionsConfiguration' }, { seqNoIndent: true });
  await parts.filesOf(parts.world.bootstrap).writeText(SOLUTIONS, text, 0o600);
}
