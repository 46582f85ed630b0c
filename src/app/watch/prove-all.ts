import type { Archive, Image } from '../../domain/cluster/archive.ts';
import { imageName } from '../../domain/cluster/archive.ts';
import type { BootstrapFacts, KubeFacts, NodeFacts } from '../../domain/cluster/facts.ts';
import type { ProofResult } from '../../domain/cluster/proof-result.ts';
import { soundArchives, versionUnlisted } from '../../domain/guards/archives.ts';
import type { ProofProgress } from '../../domain/questions/verify/proof-report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProofWish } from '../../ports/proofs.ts';
import {
  meter,
  NOT_SERVED,
  type Original,
  OTHER_MANIFEST,
  otherBlob,
  type Wanted,
  wantedOf,
} from '../../steps/world/prove-images.ts';
import { changedArchives } from '../../steps/world/served-images.ts';
import { askPatiently } from './ask-patiently.ts';
import { isOther, untilAborted, type WatchedCluster, withRegistry } from './inspect-all.ts';
import { CutShort, ProofNotes } from './proof-notes.ts';
import { proveEngines } from './prove-engines.ts';

/** What a proof reads. None of it changes anything. */
export interface ProveAllPorts extends Pick<WatchedCluster, 'kubernetes' | 'bootstrap' | 'salt' | 'registries'> {
  readonly cluster: string;
  readonly clock: Clock;
  /** Called for an error that is no failure of the cluster; the proof then says that it is incomplete. */
  readonly onUnexpected: (error: unknown) => void;
}

/** A proof in progress. */
interface Proving extends ProveAllPorts {
  readonly notes: ProofNotes;
  readonly wish: ProofWish;
  readonly onProgress: (progress: ProofProgress) => void;
  readonly signal: AbortSignal;
}

/** A registry with an address. */
interface Served {
  readonly node: string;
  readonly isBootstrap: boolean;
  readonly address: string;
}

/**
 * Compares the images of the registries with the bootstrap's, byte for byte by their manifests, and reads every engine. Deep: hashes every
 * layer, too. It never throws. The signal cuts it short, with a CutShort as its reason.
 */
export async function proveAll(
  wish: ProofWish,
  ports: ProveAllPorts,
  onProgress: Proving['onProgress'],
  signal: AbortSignal,
): Promise<ProofResult> {
  const notes = new ProofNotes();
  const began = ports.clock.now().toISOString();
  let cut: CutShort | null = null;
  try {
    await prove({ ...ports, notes, wish, onProgress, signal });
  } catch (error) {
    cut = signal.reason instanceof CutShort ? signal.reason : null;
    if (cut === null) {
      ports.onUnexpected(error);
      notes.unread('the worker', 'The worker had an unexpected error. Its log has the details.');
    }
  }
  const about = { cluster: ports.cluster, began, ended: ports.clock.now().toISOString(), deep: wish.deep };
  return notes.result(about, cut);
}

async function prove(of: Proving): Promise<void> {
  const kube = await known(of, 'Kubernetes', (signal) => of.kubernetes.look(signal));
  const bootstrap = await known(of, 'the bootstrap node', (signal) => of.bootstrap.glance(signal));
  if (kube === null) return;
  const archives = archivesOf(kube, bootstrap, of.notes);
  const registries = registriesOf(kube, of.notes);
  const chosen = chosenOf(registries, kube, of);
  await proveEngines(kube, registries, of);
  if (bootstrap === null) return;
  await proveRegistries(archives, registries, chosen, of);
  const after = await known(of, 'the bootstrap node', (signal) => of.bootstrap.glance(signal));
  if (after === null) return;
  const says = changedArchives(archives, { archives: soundArchives(after.archives) });
  if (says !== null) of.notes.unread('the bootstrap node', 'The archives on the bootstrap node changed meanwhile.');
}

/** Null if it could not be read in the end; the notes then say why. */
async function known<T>(of: Proving, where: string, read: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const one = async (_: null, until: AbortSignal) => await untilAborted(() => read(until), until);
  try {
    const { answers, away } = await askPatiently([null], of.clock, of.signal, one);
    if (away !== null) of.notes.failed(where, away);
    return answers.get(null) ?? null;
  } catch (error) {
    of.signal.throwIfAborted();
    of.notes.failed(where, error);
    return null;
  }
}

function archivesOf(kube: KubeFacts, bootstrap: BootstrapFacts | null, notes: ProofNotes): readonly Archive[] {
  if (bootstrap === null) return [];
  const { archives, bootstrapFile, solutionsFile } = bootstrap;
  for (const file of [bootstrapFile, solutionsFile])
    if (file.is === 'unreadable') notes.unread('the bootstrap node', file.says);
  for (const one of archives)
    if (one.is === 'bad') notes.unread('the bootstrap node', `${one.says} Its images were not compared.`);
  const unlisted = versionUnlisted(kube.clusterVersion, bootstrap);
  if (unlisted !== null)
    notes.unread('the bootstrap node', `bootstrap.yaml lists no archive of ${unlisted}. Its images were not compared.`);
  for (const id of bootstrap.mountedUnlisted)
    notes.unread('the bootstrap node', `${id} is mounted, but listed in no file. Its images were not compared.`);
  const sound = soundArchives(archives);
  notes.archives = sound.length;
  notes.images = sound.reduce((sum, { images }) => sum + images.length, 0);
  return sound;
}

/** Every registry, the bootstrap's first. */
function registriesOf(kube: KubeFacts, notes: ProofNotes): readonly Served[] {
  const nodes = withRegistry(kube);
  const sorted = [...nodes.filter((node) => !isOther(node)), ...nodes.filter(isOther)];
  if (sorted[0] === undefined || isOther(sorted[0])) notes.unread('Kubernetes', 'No node has the role bootstrap.');
  return sorted.flatMap((node) => served(node, notes));
}

function served(node: NodeFacts, notes: ProofNotes): readonly Served[] {
  if (node.ip !== null) return [{ node: node.name, isBootstrap: !isOther(node), address: node.ip }];
  notes.unread(node.name, `${node.name} has no IP address, so its registry was not asked.`);
  return [];
}

/** The registries that were asked for. */
function chosenOf(registries: readonly Served[], kube: KubeFacts, { wish, notes }: Proving): readonly Served[] {
  const isKnown = (name: string) => kube.nodes.some((node) => node.name === name);
  const hasRegistry = (name: string) => withRegistry(kube).some((node) => node.name === name);
  for (const name of wish.nodes.filter((one) => !hasRegistry(one))) {
    notes.unread(name, isKnown(name) ? `${name} has no registry.` : `The cluster has no node ${name}.`);
  }
  const chosen = registries.filter(({ node }) => wish.nodes.length === 0 || wish.nodes.includes(node));
  notes.registries = chosen.map(({ node, isBootstrap }) => ({ node, isBootstrap }));
  return chosen;
}

async function proveRegistries(
  archives: readonly Archive[],
  [source]: readonly Served[],
  chosen: readonly Served[],
  of: Proving,
): Promise<void> {
  if (!source?.isBootstrap || chosen.length === 0) return;
  const images = archives.flatMap((archive) => archive.images);
  const copies = chosen.filter(({ isBootstrap }) => !isBootstrap);
  const total = images.length * (1 + copies.length);
  let done = 0;
  const asked = () => of.onProgress({ done: ++done, total, unit: 'images', secondsLeft: null });
  const originals = await originalsOf(source, images, asked, of);
  const proven = new Map<Served, readonly Original[]>([[source, originals]]);
  for (const copy of copies) proven.set(copy, await sameOriginals(copy, originals, asked, of));
  if (of.wish.deep)
    await proveLayers(
      chosen.map((at) => ({ at, same: proven.get(at) ?? [] })),
      of,
    );
}

/** The images that the bootstrap's registry serves. */
async function originalsOf(
  { node, address }: Served,
  images: readonly Image[],
  asked: () => void,
  { registries, clock, notes, signal }: Proving,
): Promise<readonly Original[]> {
  const { answers, away } = await askPatiently(images, clock, signal, async (image, until) => {
    const manifest = await registries.manifest(address, image, until);
    asked();
    return manifest;
  });
  if (away !== null)
    notes.unread(
      node,
      `${away.says} ${images.length - answers.size} of ${images.length} images were not read, so nothing could be compared with them.`,
    );
  return images.flatMap((image) => {
    const manifest = answers.get(image);
    if (manifest === null) notes.different(node, `${imageName(image)} ${NOT_SERVED}`);
    return manifest === null || manifest === undefined ? [] : [{ image, manifest }];
  });
}

/** The images whose manifests are the bootstrap's; the others are noted. */
async function sameOriginals(
  { node, address }: Served,
  originals: readonly Original[],
  asked: () => void,
  { registries, clock, notes, signal }: Proving,
): Promise<readonly Original[]> {
  const { answers, away } = await askPatiently(originals, clock, signal, async ({ image, manifest }, until) => {
    const copied = await registries.manifest(address, image, until);
    asked();
    if (copied === null) return NOT_SERVED;
    return copied.sha256 === manifest.sha256 ? null : OTHER_MANIFEST;
  });
  if (away !== null)
    notes.unread(
      node,
      `${away.says} ${originals.length - answers.size} of ${originals.length} images were not compared.`,
    );
  for (const [{ image }, says] of answers) if (says !== null) notes.different(node, `${imageName(image)} ${says}`);
  return originals.filter((original) => answers.get(original) === null);
}

/** Hashes every layer that each registry serves for the images that it has. */
async function proveLayers(
  chosen: readonly { readonly at: Served; readonly same: readonly Original[] }[],
  of: Proving,
): Promise<void> {
  const { registries, clock, notes, signal } = of;
  const each = chosen.map(({ at, same }) => ({ at, layers: same.flatMap((original) => wantedOf(original, at)) }));
  const onProgress = ({ done, total, secondsLeft }: { done: number; total: number; secondsLeft?: number }) =>
    of.onProgress({ done, total, unit: 'bytes', secondsLeft: secondsLeft ?? null });
  const all = each.flatMap(({ layers }) => layers);
  const report = meter(all, { clock, onProgress });
  const ask = (one: Wanted, until: AbortSignal) => otherBlob(one, registries, report, until);
  for (const { at, layers } of each) {
    const { answers, away } = await askPatiently(layers, clock, signal, ask);
    const left = layers.length - answers.size;
    if (away !== null) notes.unread(at.node, `${away.says} ${left} of ${layers.length} layers were not hashed.`);
    for (const [{ image, blob }, says] of answers) {
      if (says !== null) notes.different(at.node, `${imageName(image)} ${says}`);
      else notes.layers = { blobs: notes.layers.blobs + 1, bytes: notes.layers.bytes + blob.size };
    }
  }
}
