import { z } from 'zod';
import { parseYaml, yamlTexts } from '../node/yaml-file.ts';
import type { Iso } from './iso.ts';

/** The product of an ISO; its ID is the name of folder, mount and image prefix. */
export interface Product {
  readonly id: string;
  readonly version: string;
}

export type ProductAnswer = Product | { readonly says: string };

/** Strict, because the version becomes part of paths and URLs. */
const VERSION = /^[0-9A-Za-z][\w.+-]{0,62}$/;

/** Reads PRODUCT.TXT, as `metalk8s.get_archives` does. */
export async function metalk8sOf(iso: Iso, path: string): Promise<ProductAnswer> {
  const text = await iso.read('PRODUCT.TXT');
  if (text === null) return { says: `${path} has no product.txt, so it is not a MetalK8s archive.` };
  const name = text.match(/^NAME=(.+)$/m)?.[1]?.trim();
  if (name !== 'MetalK8s') return { says: `${path} is an archive of “${shown(name)}”, not of MetalK8s.` };
  const version = text.match(/^VERSION=(.+)$/m)?.[1]?.trim() ?? '';
  if (!VERSION.test(version)) return { says: `${path} has no valid VERSION in its product.txt.` };
  return { id: `metalk8s-${version}`, version };
}

const manifestSchema = z.object({
  kind: z.literal('Solution'),
  metadata: z.object({ name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/) }),
  spec: z.object({ version: z.union([z.string(), z.number()]) }),
});

const writtenSchema = z.object({ spec: z.object({ version: z.string() }) });

/** The version as Python's `str` prints it: an unquoted 1.0 is a float, which stays 1.0; 1.10 becomes 1.1. */
function versionIn(value: string | number, text: string): string {
  if (typeof value === 'string') return value;
  const written = writtenSchema.safeParse(yamlTexts(text)).data?.spec.version ?? '';
  return Number.isInteger(value) && written.includes('.') ? `${value}.0` : String(value);
}

/** Reads MANIFEST.YAML, as `metalk8s_solutions` does. */
export async function solutionOf(iso: Iso, path: string): Promise<ProductAnswer> {
  const text = await iso.read('MANIFEST.YAML');
  if (text === null) return { says: `${path} has no manifest.yaml, so it is not a solution archive.` };
  const file = parseYaml(text, `manifest.yaml of ${path}`);
  if (file.is !== 'read') return { says: file.is === 'unreadable' ? file.says : `${path} has no manifest.yaml.` };
  const manifest = manifestSchema.safeParse(file.content);
  if (!manifest.success) {
    const key = z.core.toDotPath(manifest.error.issues[0]?.path ?? []) || 'kind';
    return { says: `manifest.yaml of ${path} has no valid \`${key}\`.` };
  }
  const { metadata, spec } = manifest.data;
  const version = versionIn(spec.version, text);
  if (!VERSION.test(version)) return { says: `manifest.yaml of ${path} has no valid \`spec.version\`.` };
  return { id: `${metadata.name}-${version}`, version };
}

const shown = (name: string | undefined) => (name ?? 'nothing').slice(0, 60);
