import type { Program } from '../program.ts';
import { chmod, chown, ln, mkdir, mv, rm, sync, truncate } from './change.ts';
import { dd } from './dd.ts';
import { openssl, sha256sum } from './digest.ts';
import { sh } from './sh.ts';
import { cat, grep, head, ls, test } from './show.ts';
import { df, realpath, stat } from './stat.ts';
import { findmnt, hostname, ip, isoinfo, losetup, saltCall, ss, succeed } from './system.ts';
import { umount } from './unmount.ts';

/** Every program of a node, by name. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['true', succeed],
  ['hostname', hostname],
  ['cat', cat],
  ['head', head],
  ['grep', grep],
  ['ip', ip],
  ['ls', ls],
  ['test', test],
  ['stat', stat],
  ['realpath', realpath],
  ['df', df],
  ['sha256sum', sha256sum],
  ['openssl', openssl],
  ['findmnt', findmnt],
  ['losetup', losetup],
  ['ss', ss],
  ['isoinfo', isoinfo],
  ['salt-call', saltCall],
  ['mkdir', mkdir],
  ['chmod', chmod],
  ['chown', chown],
  ['rm', rm],
  ['mv', mv],
  ['ln', ln],
  ['umount', umount],
  ['sync', sync],
  ['truncate', truncate],
  ['dd', dd],
  ['sh', sh],
]);
