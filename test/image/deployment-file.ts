import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import type { PodmanWords } from './compose-file.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/kubernetes/bot');

const Source = z.union([
  z.strictObject({ configMap: z.strictObject({ name: z.string(), optional: z.boolean().optional() }) }),
  z.strictObject({ secret: z.strictObject({ name: z.string() }) }),
]);
const Volume = z.union([
  z.strictObject({
    name: z.string(),
    projected: z.strictObject({ defaultMode: z.number(), sources: z.array(Source) }),
  }),
  z.strictObject({
    name: z.string(),
    emptyDir: z.strictObject({ medium: z.literal('Memory'), sizeLimit: z.string() }),
  }),
]);
const Container = z.object({
  args: z.array(z.string()),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
});
const Pod = z.object({
  securityContext: z.object({ runAsUser: z.number(), runAsGroup: z.number(), fsGroup: z.number() }),
  containers: z.tuple([Container]),
  volumes: z.array(Volume),
});
const Deployment = z.object({ spec: z.object({ template: z.object({ spec: Pod }) }) });

/** The files of each ConfigMap and Secret, by the commands in the comment of kustomization.yaml, run in this folder. */
function objectsIn(folder: string): ReadonlyMap<string, readonly { readonly key: string; readonly path: string }[]> {
  const [steps = ''] = readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8').split('# Many clusters');
  const comment = steps.replaceAll(/\\\n#/g, '');
  const made = /create (configmap|secret generic) (\S+)((?: +--from-file=\S+)+)/g;
  return new Map(
    [...comment.matchAll(made)].map(([, kind = '', name = '', words = '']) => {
      const files = [...words.matchAll(/--from-file=(?:([^=\s]+)=)?(\S+)/g)];
      return [
        `${kind.split(' ')[0]} ${name}`,
        files.map(([, key, path = '']) => ({ key: key ?? basename(path), path: join(folder, path) })),
      ];
    }),
  );
}

/**
 * The bot's container of deployment.yaml, with its volumes as kubelet writes them for a pod with an fsGroup: a folder with mode 1777 in
 * memory, links to `..data`, which is a link to a folder with a date; all of it root's (kubernetes/kubernetes, issues 89153 and 125876).
 * `files`: where the comment's commands run. `at`: a new folder for the volumes.
 */
export function podOf(files: string, at: string): PodmanWords {
  const pod = Deployment.parse(load(readFileSync(join(FOLDER, 'deployment.yaml'), 'utf8'))).spec.template.spec;
  const { runAsUser, runAsGroup, fsGroup } = pod.securityContext;
  const [{ args, env, volumeMounts }] = pod.containers;
  const objects = objectsIn(files);
  const mounts = volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
    const volume = pod.volumes.find((one) => one.name === name);
    if (volume === undefined) throw new Error(`deployment.yaml has no volume ${name}.`);
    if ('emptyDir' in volume) return ['--tmpfs', mountPath];
    const path = join(at, name);
    const { defaultMode, sources } = volume.projected;
    lay(
      path,
      sources.flatMap((one) => filesOf(one, objects)),
      { mode: defaultMode, group: fsGroup },
    );
    return ['--volume', `${path}:${mountPath}${readOnly === true ? ':ro' : ''}`];
  });
  const confined = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true'];
  const user = ['--user', `${runAsUser}:${runAsGroup}`, '--group-add', String(fsGroup)];
  return {
    options: [...confined, ...user, ...mounts, ...env.flatMap(({ name, value }) => ['--env', `${name}=${value}`])],
    command: args,
  };
}

function filesOf(source: z.infer<typeof Source>, objects: ReturnType<typeof objectsIn>) {
  const [kind, { name }] =
    'secret' in source ? (['secret', source.secret] as const) : (['configmap', source.configMap] as const);
  const found = objects.get(`${kind} ${name}`);
  if (found !== undefined) return found;
  if ('configMap' in source && source.configMap.optional === true) return [];
  throw new Error(`The comment of kustomization.yaml creates no ${kind} ${name}.`);
}

function lay(
  path: string,
  files: readonly { readonly key: string; readonly path: string }[],
  { mode, group }: { readonly mode: number; readonly group: number },
): void {
  const dated = '..2026_11_27_10_00_00.1234567890';
  mkdirSync(join(path, dated), { recursive: true });
  for (const { key, path: from } of files) {
    const to = join(path, dated, key);
    copyFileSync(from, to);
    chownSync(to, 0, group);
    chmodSync(to, mode | 0o440);
    symlinkSync(`..data/${key}`, join(path, key));
  }
  symlinkSync(dated, join(path, '..data'));
  for (const [folder, folderMode] of [
    [join(path, dated), 0o2755],
    [path, 0o3777],
  ] as const) {
    chownSync(folder, 0, group);
    chmodSync(folder, folderMode);
  }
}
