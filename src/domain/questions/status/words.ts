import { isOlder, versionNumbers } from '../../cluster/version.ts';
import { count, firstFew, listed } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { type ClusterStatus, type Gap, type Reason, type RegistryStatus, verdictOf } from './cluster-status.ts';
import { fixOf } from './fixes.ts';

/** The answer to “does HA hold”, in one line. */
export function firstLine(status: ClusterStatus): string {
  const { registries, engines } = status;
  switch (verdictOf(status)) {
    case 'holds':
      return `HA holds: ${registries.length} registries serve all ${count(imagesOf(status), 'image')}, all ${count(engines.all, 'engine')} list them.`;
    case 'incomplete':
      return `${missing(status)}${unknowns(status).length === 0 ? '' : ' Not everything could be read.'}`;
    case 'unknown':
      return `It is unknown whether HA holds: ${unknownInWords(unknowns(status))}`;
  }
}

const imagesOf = ({ archives }: ClusterStatus): number => archives.reduce((sum, { images }) => sum + images, 0);

function missing({ registries, gaps, engines }: ClusterStatus): string {
  const alone = gaps.find(({ is }) => is === 'one-registry');
  if (alone !== undefined) return `There is no HA: only ${listed(alone.of)} has a registry.`;
  const stale = registries.filter((one) => one.stale.some(({ is }) => is !== 'not-in-engines')).map(({ node }) => node);
  const isUnlisted = registries.some((one) => one.stale.some(({ is }) => is === 'not-in-engines'));
  const says = [
    ...(stale.length === 0
      ? []
      : [
          `the ${stale.length === 1 ? 'registry' : 'registries'} of ${firstFew(stale)} ${stale.length === 1 ? 'is' : 'are'} stale`,
        ]),
    ...(isUnlisted ? [`${engines.right} of ${count(engines.all, 'engine')} list every registry`] : []),
    ...gaps.map(gapInWords),
  ];
  return `HA is not complete: ${says.join('; ')}.`;
}

/** Everything that could not be read, the cluster's own parts first. */
export function unknowns({ unknown, registries, engines }: ClusterStatus): readonly string[] {
  const ofNodes = registries.flatMap(({ node, unknown: each }) => each.map((says) => `${node}: ${says}`));
  const unread = engines.unread.map(({ says }) => says);
  // Without any sentence about an engine, one of the cluster's own says why none could be read.
  const more =
    unread.length === 0 || engines.moreUnread === 0
      ? []
      : [`${count(engines.moreUnread, 'more engine')} could not be read.`];
  return [...unknown, ...ofNodes, ...unread, ...more];
}

function unknownInWords([first = 'nothing could be read.', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} ${count(more.length, 'more part')} could not be read.`;
}

/** A gap as a part of a sentence. */
export function gapInWords({ is, of, more, dead = [] }: Gap): string {
  const names = namesOf(of, more);
  switch (is) {
    case 'one-registry':
      return `only ${names} has a registry`;
    case 'no-bootstrap':
      return 'no node has the role bootstrap';
    case 'former-bootstrap':
      return `the former bootstrap node ${names} runs again`;
    case 'bad-archive':
      return `the bootstrap node cannot use ${names}, which its configuration lists`;
    case 'version-unlisted':
      return `bootstrap.yaml lists no archive of ${names}, which is the version of the cluster`;
    case 'solution-unlisted':
      return `the bootstrap node has ${names} mounted, but lists ${of.length + more === 1 ? 'it' : 'them'} in no file`;
    case 'strange-endpoint':
      return `the Endpoints list ${names}, where no registry is`;
    case 'strange-in-engine':
      return `the engine of ${names} lists ${dead.length === 0 ? 'an address' : `${listed(dead.map(deadInWords))},`} where no registry is`;
  }
}

const deadInWords = ({ url, owner }: NonNullable<Gap['dead']>[number]): string =>
  owner === null ? `${url} (the address of no node)` : `${url} (the address of ${owner})`;

/** A gap as a sentence, with the commands that close it. */
export function gapSentence(gap: Gap, { text, code }: Markup): string {
  const says = text(gap.is === 'version-unlisted' ? `${gapInWords(gap)}.` : sentence([gapInWords(gap)]));
  if (gap.is === 'version-unlisted')
    return `${says} Add its ISO with ${code('iso-manager.sh -a')}, then run ${code('/registry-ha sync')}`;
  if (gap.is === 'solution-unlisted')
    return `${says} List it with ${code('solutions.sh import')}, or unmount it with ${code('solutions.sh unimport')}`;
  if (gap.is === 'former-bootstrap')
    return `${says} Switch that machine off, then run ${gap.of.map((name) => code(`kubectl delete node ${name}`)).join(' and ')}`;
  if (gap.is !== 'strange-in-engine') return says;
  const owners = (gap.dead ?? []).flatMap(({ owner }) => owner ?? []);
  const again =
    owners.length === 0
      ? ''
      : `. To give ${text(listed(owners))} a registry: ${code(`/registry-ha add ${owners.join(' ')}`)}`;
  return `${says} To take it out: ${code('/registry-ha sync')}${again}`;
}

/** Why a registry is stale, as a part of a sentence. */
function reasonInWords({ is, of, more }: Reason, { version }: Pick<ClusterStatus, 'version'>): string {
  const names = namesOf(of, more);
  switch (is) {
    case 'archive-missing':
      return `missing ISO: ${names}`;
    case 'archive-differs':
      return `ISO with other content than the bootstrap node’s: ${names}`;
    case 'not-mounted':
      return `not mounted: ${names}`;
    case 'not-in-fstab':
      return `not in /etc/fstab, so not mounted after a reboot: ${names}`;
    case 'include-missing':
      return `missing in the registry’s configuration: ${names}`;
    case 'manifest-copied':
      return `kubelet runs a copy of its manifest, too (move it out of that folder): ${names}`;
    case 'not-in-pod':
      return `no volume in its pod: ${names}`;
    case 'pod-version':
      return `its pod has version ${names}, and the cluster ${version ?? 'an unknown one'}`;
    case 'pod-missing':
      return 'its pod is missing';
    case 'not-ready':
      return 'its pod is not Ready';
    case 'images-missing':
      return `images not served: ${names}`;
    case 'not-in-endpoints':
      return 'the Endpoints do not list it';
    case 'not-in-engines':
      return `not listed by the engine of ${names}`;
  }
}

const namesOf = (of: readonly string[], more: number): string =>
  more === 0 ? listed(of) : `${of.join(', ')} and ${more} more`;

/** One line for a registry: what it serves, and why it is stale. */
export function registryLine(one: RegistryStatus, status: ClusterStatus, { text, code }: Markup): string {
  const { node, isBootstrap, version, stale, unknown } = one;
  const who = `${text(node)}${isBootstrap && node !== 'bootstrap' ? ' (bootstrap node)' : ''}`;
  const why = [...stale.map((each) => reasonInWords(each, status)), ...unknown.map((says) => `unknown: ${says}`)];
  const verb = fixOf(one);
  const fix =
    verb === null ? '' : ` To complete it: ${code(`/registry-ha ${verb} ${node}`)}${upgradeInWords(one, status)}`;
  const is = stale.length > 0 ? 'stale' : unknown.length > 0 ? 'not fully known' : `Ready, ${version ?? 'no version'}`;
  return `${who}: ${is}, ${servedInWords(one, status)}.${why.length === 0 ? '' : ` ${text(sentence(why))}`}${fix}`;
}

/** An upgrade to an archive that a registry does not have leaves its node without the images. */
function upgradeInWords({ stale }: RegistryStatus, { version }: Pick<ClusterStatus, 'version'>): string {
  const missing = stale.flatMap(({ is, of }) => (is === 'archive-missing' ? of : []));
  const next = missing.find((id) => isUpgrade(id, version));
  return next === undefined ? '' : ` (before you run upgrade.sh of ${next})`;
}

function isUpgrade(id: string, version: string | null): boolean {
  const [now, next] = [versionNumbers(version ?? ''), versionNumbers(id.replace(/^metalk8s-/, ''))];
  return now !== null && next !== null && id.startsWith('metalk8s-') && isOlder(now, next);
}

function sentence(parts: readonly string[]): string {
  const [first = '', ...rest] = parts;
  return `${first.slice(0, 1).toUpperCase()}${first.slice(1)}${rest.map((one) => `; ${one}`).join('')}`.replace(
    /\.?$/,
    '.',
  );
}

/** `60 of 60 images`; with the archive that lacks some. */
function servedInWords({ served }: RegistryStatus, { archives }: ClusterStatus): string {
  const rows = archives.map(({ id, images }, index) => ({ id, images, has: served[index] ?? null }));
  const known = rows.flatMap((row) => (row.has === null ? [] : [{ ...row, has: row.has }]));
  if (known.length === 0) return 'images unknown';
  const has = known.reduce((sum, row) => sum + row.has, 0);
  const all = known.reduce((sum, row) => sum + row.images, 0);
  const lacking = known.filter((row) => row.has < row.images).map((row) => `${row.id}: ${row.has} of ${row.images}`);
  const apart = rows.length - known.length;
  const of = `serves ${has} of ${count(all, 'image')}${lacking.length === 0 ? '' : ` (${firstFew(lacking)})`}`;
  return apart === 0 ? of : `${of}, unknown for ${count(apart, 'archive')}`;
}

/** How many engines list the registries, and how many could not be read. */
export function enginesLine({ engines }: ClusterStatus): string {
  const { all, right, unread, moreUnread } = engines;
  const apart = unread.length + moreUnread;
  if (all > 0 && apart === all) return 'Engines: none could be read.';
  return `Engines: ${right} of ${all} list exactly the registries${apart === 0 ? '' : `; ${apart} could not be read`}.`;
}

/** Registries beside the bootstrap's that served every image when they were inspected last. */
export const serving = ({ archives, registries }: ClusterStatus): readonly RegistryStatus[] =>
  registries.filter(
    ({ isBootstrap, served }) =>
      !isBootstrap && archives.length > 0 && archives.every(({ images }, index) => served[index] === images),
  );

/** True if every ISO was on its node, at the same path, with the same content. */
export const hasArchives = ({ stale, unknown }: RegistryStatus): boolean =>
  unknown.length === 0 && !stale.some(({ is }) => is === 'archive-missing' || is === 'archive-differs');
