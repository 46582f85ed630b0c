import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dump } from 'js-yaml';
import { mountIso } from '../mounts.ts';
import type { ClusterParts } from '../parts.ts';
import type { SimNode } from '../world.ts';
import { type ArchiveContent, writeArchive } from './content.ts';
import type { Description } from './description.ts';

/** Writes every archive to a node and mounts those described as mounted, with their fstab lines. */
export async function layArchives(parts: ClusterParts, node: SimNode): Promise<void> {
  for (const content of parts.archives) {
    await putArchive(parts, node, content);
    if (isMountedThere(parts, content)) await mountArchive(parts, node, content);
  }
}

/** Writes /etc/metalk8s/bootstrap.yaml and, unless described as absent, solutions.yaml. */
export async function layConfiguration(parts: ClusterParts, description: Description, network: string): Promise<void> {
  const files = parts.filesOf(parts.world.bootstrap);
  await files.makeFolders('/etc/metalk8s', 0o700);
  await files.writeText('/etc/metalk8s/bootstrap.yaml', bootstrapFile(parts, description, network), 0o600);
  const solutions = description.archives.filter((one) => one.kind === 'solution' && one.listed);
  const { present, apiVersion, archivesNull } = description.solutionsFile;
  if (!(present ?? solutions.length > 0)) return;
  const content = {
    active: Object.fromEntries(solutions.map((one) => [one.name ?? '', one.version])),
    apiVersion,
    archives: archivesNull ? null : solutions.map((one) => one.path),
    kind: 'SolutionsConfiguration',
  };
  await files.writeText('/etc/metalk8s/solutions.yaml', dump(content, { seqNoIndent: true }), 0o600);
}

/** The archives that a registry is expected to serve: each ID once, in list order. */
export function listedArchives(parts: ClusterParts): readonly ArchiveContent[] {
  const listed = parts.archives.filter((one) => one.described.listed);
  return listed.filter((one, at) => listed.findIndex((other) => other.id === one.id) === at);
}

/** The archives available on the bootstrap node for its registry, each ID once. */
export function mountedArchives(parts: ClusterParts): readonly ArchiveContent[] {
  return parts.archives.filter((one) => one.described.directory || isMountedThere(parts, one));
}

/** Writes an archive to its path on a node; on any other node than the bootstrap, as a copy of the bootstrap's file. */
export async function putArchive(parts: ClusterParts, node: SimNode, content: ArchiveContent): Promise<void> {
  const { path, directory } = content.described;
  const { world } = parts;
  await parts.filesOf(node).makeFolders(dirname(path));
  const { real } = await parts.filesOf(node).find('root', path, 'enter');
  if (node === world.bootstrap || directory) return writeArchive(content, real);
  const source = await parts.filesOf(world.bootstrap).find('root', path, 'read');
  await copyFile(source.real, real, constants.COPYFILE_FICLONE);
}

async function mountArchive(parts: ClusterParts, node: SimNode, content: ArchiveContent): Promise<void> {
  const files = parts.filesOf(node);
  const target = `/srv/scality/${content.id}`;
  await files.makeFolders(target);
  await mountIso(parts, node, content.described.path, target);
  const line = `${content.described.path}\t\t${target}\tiso9660\tro,nofail\t0 0\n`;
  await files.writeText('/etc/fstab', (await files.readText('/etc/fstab')) + line);
}

/** Only the first of two archives with the same version can be mounted. */
function isMountedThere(parts: ClusterParts, content: ArchiveContent): boolean {
  const { mounted, directory } = content.described;
  return (
    mounted && !directory && parts.archives.find((one) => one.id === content.id && one.described.mounted) === content
  );
}

function bootstrapFile(parts: ClusterParts, description: Description, network: string): string {
  const { apiVersion, archivesAsText } = description.bootstrapFile;
  const paths = description.archives.filter((one) => one.kind === 'metalk8s' && one.listed).map((one) => one.path);
  const cidr = `${network}.0/24`;
  const isOld = apiVersion.endsWith('v1alpha2');
  return dump({
    apiVersion,
    kind: 'BootstrapConfiguration',
    networks: isOld
      ? { controlPlane: cidr, workloadPlane: cidr }
      : {
          controlPlane: { cidr },
          workloadPlane: { cidr: [cidr], mtu: 1460 },
          pods: '10.233.0.0/16',
          services: '10.96.0.0/12',
        },
    proxies: {},
    ca: { minion: parts.world.bootstrap.name },
    archives: archivesAsText ? paths[0] : paths,
  });
}
