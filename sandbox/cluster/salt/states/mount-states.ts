import { SimMountError } from '../../world.ts';
import { type Chunk, failed, type Outcome, ok, type StateContext } from './chunk.ts';

const FSTAB = '/etc/fstab';

interface MountSpec {
  readonly sls: string;
  readonly id: string;
  readonly target: string;
  readonly isoPath: string;
  readonly requires: readonly string[];
}

/** `mount.mounted` of an ISO: `iso9660`, `ro,nofail`, with an fstab line. */
export function mountMounted(context: StateContext, spec: MountSpec): Chunk {
  return {
    ...head(spec),
    fun: 'mount.mounted',
    run: () => (context.test ? wouldMount(context, spec) : mountNow(context, spec)),
  };
}

/** `mount.unmounted`; also removes the fstab line. */
export function mountUnmounted(context: StateContext, spec: MountSpec): Chunk {
  return { ...head(spec), fun: 'mount.unmounted', run: () => unmountNow(context, spec) };
}

function head({ sls, id, target, requires }: MountSpec): Pick<Chunk, 'sls' | 'id' | 'name' | 'requires'> {
  return { sls, id, name: target, requires };
}

async function wouldMount({ node, acts }: StateContext, { target, isoPath }: MountSpec): Promise<Outcome> {
  if (node.mounts.some((mount) => mount.target === target && mount.isoPath === isoPath)) {
    return ok('Target was already mounted. Entry already exists in the fstab.');
  }
  const isThere = (await acts.exists(node, target)) === 'directory';
  const comment = isThere ? `${target} would be mounted` : `${target} does not exist and would not be created`;
  return { result: null, comment, changes: {} };
}

async function mountNow(context: StateContext, spec: MountSpec): Promise<Outcome> {
  const { node, acts } = context;
  const current = node.mounts.find((mount) => mount.target === spec.target);
  if (current !== undefined && current.isoPath !== spec.isoPath) await acts.unmount(node, spec.target);
  const isMounted = current?.isoPath === spec.isoPath;
  try {
    if (!isMounted) await acts.mount(node, spec.isoPath, spec.target);
  } catch (error) {
    if (!(error instanceof SimMountError)) throw error;
    const log = `[ERROR   ] Command 'mount' failed with return code: 32\n[ERROR   ] stderr: ${error.message}\n[ERROR   ] retcode: 32\n`;
    return failed(error.message, log);
  }
  const persist = await keepInFstab(context, spec);
  const comment = `${isMounted ? 'Target was already mounted.' : 'Target was successfully mounted.'} ${persist.comment}`;
  return ok(comment, { ...(isMounted ? {} : { mount: true }), ...persist.changes });
}

/** The fstab line with the tabs that Salt writes (salt/modules/mount.py, _fstab_entry). */
async function keepInFstab(
  context: StateContext,
  spec: MountSpec,
): Promise<{ readonly comment: string; readonly changes: { readonly persist?: string } }> {
  const lines = await fstabLines(context);
  const at = lines.findIndex((line) => line.split(/\s+/)[1] === spec.target);
  const wanted = `${spec.isoPath}\t\t${spec.target}\tiso9660\tro,nofail\t0 0`;
  const known = lines[at];
  if (known !== undefined && known.split(/\s+/).join(' ') === wanted.split(/\s+/).join(' ')) {
    return { comment: 'Entry already exists in the fstab.', changes: {} };
  }
  const kept = known === undefined ? [...lines, wanted] : lines.with(at, wanted);
  await writeFstab(context, kept);
  return known === undefined
    ? { comment: 'Added new entry to the fstab.', changes: { persist: 'new' } }
    : { comment: 'Updated the entry in the fstab.', changes: { persist: 'update' } };
}

async function unmountNow(context: StateContext, spec: MountSpec): Promise<Outcome> {
  const isMounted = context.node.mounts.some((mount) => mount.target === spec.target);
  if (context.test) return { result: null, comment: `Mount point ${spec.target} is set to be unmounted`, changes: {} };
  if (isMounted) await context.acts.unmount(context.node, spec.target);
  const lines = await fstabLines(context);
  const kept = lines.filter((line) => line.split(/\s+/)[1] !== spec.target);
  if (kept.length < lines.length) await writeFstab(context, kept);
  const changes = {
    ...(isMounted ? { umount: true } : {}),
    ...(kept.length < lines.length ? { persist: 'purged' } : {}),
  };
  return ok(isMounted ? 'Target was successfully unmounted' : 'Target was already unmounted', changes);
}

async function fstabLines({ acts, node }: StateContext): Promise<readonly string[]> {
  if ((await acts.exists(node, FSTAB)) !== 'file') return [];
  return (await acts.readFile(node, FSTAB)).split('\n').filter((line) => line !== '');
}

async function writeFstab({ acts, node }: StateContext, lines: readonly string[]): Promise<void> {
  await acts.writeFile(node, FSTAB, lines.map((line) => `${line}\n`).join(''));
}
