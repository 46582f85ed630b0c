import { errorWords } from '../../files/path-refused.ts';
import { unmountIso } from '../../mounts.ts';
import { contentFolder } from '../../parts.ts';
import { type Call, type Program, readWords } from '../program.ts';
import { mv, sync } from './change.ts';

const FSTAB = '/etc/fstab';
const NEW_FSTAB = '/etc/fstab.registry-ha';
/** umount(8), "EXIT STATUS": a mount failure. */
const FAILED = 32;

/** umount -- MOUNTPOINT; busy while the registry's pod serves from it. */
export const umount: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, []);
  const [target, ...more] = operands;
  if (wrong !== null || target === undefined || more.length > 0) {
    await call.err('umount: bad usage');
    return 1;
  }
  const refusal = await whyNot(call, target);
  if (refusal !== null) {
    await call.err(`umount: ${target}: ${refusal}.`);
    return FAILED;
  }
  await unmountIso(call.reach.parts, call.node, target);
  return 0;
};

async function whyNot({ user, node, reach, files }: Call, target: string): Promise<string | null> {
  if (user !== 'root') return 'must be superuser to unmount';
  const { path } = await files.find('root', target, 'look');
  if (!node.mounts.some(({ real }) => real.target === path)) return 'not mounted';
  const served = node.registry?.carries.map((id) => contentFolder(reach.parts, id)) ?? [];
  return served.includes(target) ? 'target is busy' : null;
}

/** The script that removes one mount's line from /etc/fstab, by device and mount point. */
export const dropFromFstab: Program = async (call) => {
  const [from, at, raw = ''] = call.args;
  try {
    await call.files.find(call.user, FSTAB, 'read');
    await call.files.find(call.user, NEW_FSTAB, 'write');
    const lines = (await call.files.readText(FSTAB)).split('\n').slice(0, -1);
    const kept = lines.filter((line) => {
      const [device, mountpoint] = line.trim().split(/[ \t]+/);
      return (device !== from || mountpoint !== at) && (raw === '' || !line.startsWith(raw));
    });
    await call.files.writeText(NEW_FSTAB, kept.map((line) => `${line}\n`).join(''));
  } catch (refused) {
    await call.err(`cp: cannot create regular file '${NEW_FSTAB}': ${errorWords(refused)}`);
    return 1;
  }
  const synced = await sync({ ...call, program: 'sync', args: ['--', NEW_FSTAB] });
  return synced === 0 ? await mv({ ...call, program: 'mv', args: ['-fT', '--', NEW_FSTAB, FSTAB] }) : synced;
};
