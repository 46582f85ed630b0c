import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { IsoSource } from '../iso/tree.ts';
import { writeIso } from '../iso/write.ts';
import { type ContentImage, contentImage } from './content-images.ts';
import { archiveId, type DescribedArchive } from './description.ts';
import { pseudoRandom, pseudoRandomPieces } from './pseudo-random.ts';

/** An archive with its whole content. */
export interface ArchiveContent {
  /** `metalk8s-128.0.1`: mount point below /srv/scality, saltenv, and prefix of its image references. */
  readonly id: string;
  readonly described: DescribedArchive;
  readonly images: readonly ContentImage[];
  readonly sources: readonly IsoSource[];
  readonly volumeId: string;
}

/** A fixed build time, so that images are identical in every run. */
const BUILT_AT = new Date('2024-10-03T09:12:44Z');
const YUM_REPOSITORIES = ['epel', 'kubernetes', 'saltstack', 'scality'];

/** Builds an archive's content in memory; filler is generated while it is written. */
export function archiveContent(described: DescribedArchive): ArchiveContent {
  const id = archiveId(described);
  const images = (described.images ?? defaultImages(described)).map((one) => contentImage(id, one));
  const sources = [...rootFiles(described, images), ...imageFiles(images), ...otherFiles(described, images)];
  const volumeId =
    described.kind === 'metalk8s' ? `MetalK8s ${described.version}` : `${described.name} ${described.version}`;
  return { id, described, images, sources: [...sources, ...filler(described, id)], volumeId };
}

/** Writes an archive to its path below a node's root, as an ISO or as a directory. */
export async function writeArchive(content: ArchiveContent, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (!content.described.directory) return writeIso(path, content.volumeId, content.sources, BUILT_AT);
  for (const source of content.sources) {
    await mkdir(dirname(join(path, source.path)), { recursive: true });
    await writeFile(join(path, source.path), Buffer.concat([...source.pieces()]));
  }
}

/** nginx's locations for the images of one archive, as the ISO build generates them. */
export function registryInclude(id: string, images: readonly ContentImage[]): string {
  const folder = `$${imagesVariable(id)}`;
  return images
    .flatMap((one) => [
      `location = "/v2/${id}/${one.name}/tags/list" { alias ${folder}; return 200 '{"name": "${one.name}", "tags": ["${one.tag}"]}'; }`,
      `location = "/v2/${id}/${one.name}/manifests/${one.tag}" {`,
      `  alias ${folder}/${one.name}/${one.tag}/manifest.json;`,
      `  add_header Docker-Content-Digest "${one.digest}";`,
      '}',
    ])
    .concat('')
    .join('\n');
}

/** The nginx variable for an archive's images folder: dots and dashes become underscores. */
export function imagesVariable(id: string): string {
  return `${id.replace(/[.-]/g, '_')}_images`;
}

function defaultImages({ kind, name, version }: DescribedArchive): readonly string[] {
  if (kind === 'solution') return ['base-server', `${name}-operator`, `${name}-ui`].map((one) => `${one}:${version}`);
  const nginx = version.startsWith('127.') ? '1.25.2-alpine' : '1.27.0-alpine';
  return ['pause:3.9', `nginx:${nginx}`, 'etcd:3.5.14-0', `metalk8s-utils:${version}`, 'salt-master:3002.9-1'];
}

function rootFiles(one: DescribedArchive, images: readonly ContentImage[]): readonly IsoSource[] {
  if (one.kind === 'metalk8s') return [textSource('product.txt', productText(one.version))];
  return [
    textSource('manifest.yaml', solutionManifest(one, images)),
    textSource('registry-config.inc.j2', registryInclude(archiveId(one), images)),
  ];
}

function productText(version: string): string {
  const [short] = /^\d+\.\d+/.exec(version) ?? [version];
  const lines = [`VERSION=${version}`, `SHORT_VERSION=${short}`, `GIT=${version}`, 'DEVELOPMENT_RELEASE=0'];
  return ['NAME=MetalK8s', ...lines, 'BUILD_TIMESTAMP=2024-10-03T09:12:44Z', 'BUILD_HOST=builder-1', ''].join('\n');
}

function solutionManifest({ name, version }: DescribedArchive, images: readonly ContentImage[]): string {
  return [
    'apiVersion: solutions.metalk8s.scality.com/v1alpha1',
    'kind: Solution',
    'metadata:',
    `  name: ${name}`,
    `  annotations: {solutions.metalk8s.scality.com/display-name: ${name}}`,
    'spec:',
    `  version: ${version}`,
    `  operator: {image: {name: ${name}-operator, tag: ${version}}}`,
    `  images: [${images.map((one) => `${one.name}:${one.tag}`).join(', ')}]`,
    '',
  ].join('\n');
}

function imageFiles(images: readonly ContentImage[]): readonly IsoSource[] {
  return images.flatMap((one) => {
    const folder = `images/${one.name}/${one.tag}`;
    return [
      bufferSource(`${folder}/manifest.json`, one.manifest),
      textSource(`${folder}/version`, 'Directory Transport Version: 1.1\n'),
      ...one.blobs.map((blob) => bufferSource(`${folder}/${blob.digest.replace('sha256:', '')}`, blob.bytes)),
    ];
  });
}

function otherFiles(one: DescribedArchive, images: readonly ContentImage[]): readonly IsoSource[] {
  if (one.kind === 'solution') return [];
  const include = textSource(
    'salt/metalk8s/repo/files/metalk8s-registry-config.inc',
    registryInclude(archiveId(one), images),
  );
  return [
    ...tars(images),
    include,
    ...YUM_REPOSITORIES.flatMap((repository) => yumRepository(repository, one.version)),
  ];
}

/** The tar files that repo.installed imports before the registry runs. */
function tars(images: readonly ContentImage[]): readonly IsoSource[] {
  return images
    .filter((one) => one.name === 'pause' || one.name === 'nginx')
    .map((one) =>
      bufferSource(`images/${one.name}-${one.tag}.tar`, pseudoRandom(`${one.name}:${one.tag} tar`, 120_000)),
    );
}

function yumRepository(repository: string, version: string): readonly IsoSource[] {
  const folder = `packages/redhat/8/metalk8s-${repository}-el8`;
  const repomd = `<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>${version}</revision></repomd>\n`;
  const rpm = pseudoRandom(`${repository} ${version} rpm`, 40_000);
  return [
    textSource(`${folder}/repodata/repomd.xml`, repomd),
    bufferSource(`${folder}/Packages/${repository}-1.el8.x86_64.rpm`, rpm),
  ];
}

function filler({ padMiB }: DescribedArchive, id: string): readonly IsoSource[] {
  const size = Math.round(padMiB * 2 ** 20);
  return size === 0 ? [] : [{ path: 'filler.bin', size, pieces: () => pseudoRandomPieces(`${id} filler`, size) }];
}

function textSource(path: string, text: string): IsoSource {
  return bufferSource(path, Buffer.from(text));
}

function bufferSource(path: string, bytes: Buffer): IsoSource {
  return { path, size: bytes.length, pieces: () => [bytes] };
}
