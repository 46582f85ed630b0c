import { z } from 'zod';
import type { SolutionsFile } from '../../../domain/cluster/facts.ts';
import { atLeast } from '../../../domain/text/length.ts';
import type { YamlFile } from './yaml-file.ts';

/** bootstrap.yaml: its archives, or why it is invalid. */
export type BootstrapFile =
  | { readonly is: 'good'; readonly archives: readonly string[] }
  | { readonly is: 'unreadable'; readonly says: string };

/** The only version that MetalK8s accepts (SUPPORTED_CONFIG_VERSIONS); its documentation also shows it without `solutions.`. */
const SOLUTIONS_API = 'solutions.metalk8s.scality.com/v1alpha1';

const aPath = z.string('must be the path of an archive').check(atLeast(1, 'must be the path of an archive'));

const bootstrapSchema = z.object({
  kind: z.literal('BootstrapConfiguration', { error: 'must be BootstrapConfiguration' }),
  apiVersion: z.enum(['metalk8s.scality.com/v1alpha2', 'metalk8s.scality.com/v1alpha3'], {
    error: 'must be metalk8s.scality.com/v1alpha2 or metalk8s.scality.com/v1alpha3',
  }),
  // MetalK8s also accepts a single path.
  archives: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(aPath, 'must be a path or a list of paths'),
  ),
});

const solutionsSchema = z.object({
  kind: z.literal('SolutionsConfiguration', { error: 'must be SolutionsConfiguration' }),
  apiVersion: z.string('must be text'),
  archives: z.array(aPath, 'must be a list of paths').nullish(),
});

/** Reads bootstrap.yaml; ignores keys that only Salt uses. */
export function bootstrapFile(file: YamlFile, name: string): BootstrapFile {
  if (file.is === 'absent') return { is: 'unreadable', says: `${name} does not exist.` };
  if (file.is === 'unreadable') return file;
  const parsed = bootstrapSchema.safeParse(file.content);
  if (!parsed.success) return { is: 'unreadable', says: mistakes(name, parsed.error) };
  return { is: 'good', archives: parsed.data.archives };
}

/** Reads solutions.yaml, which is absent on clusters that never had a solution. */
export function solutionsFile(file: YamlFile, name: string): SolutionsFile {
  if (file.is !== 'read') return file;
  const parsed = solutionsSchema.safeParse(file.content);
  if (!parsed.success) return { is: 'unreadable', says: mistakes(name, parsed.error) };
  const { apiVersion } = parsed.data;
  const archives = parsed.data.archives ?? [];
  return apiVersion === SOLUTIONS_API ? { is: 'good', archives } : { is: 'refused-by-salt', apiVersion, archives };
}

/** One sentence per mistake, with file and key. */
function mistakes(name: string, error: z.ZodError): string {
  const sentences = error.issues.map((issue) => {
    const key = z.core.toDotPath(issue.path);
    return key === '' ? `${name} has no keys.` : `${name}, key \`${key}\`: ${issue.message}.`;
  });
  return sentences.slice(0, 10).join(' ');
}
