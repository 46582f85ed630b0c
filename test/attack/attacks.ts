import { approvalAttacks } from './approvals.ts';
import { archiveAttacks } from './archives.ts';
import type { Attack } from './attack.ts';
import { clickAttacks } from './clicks.ts';
import { forgedEvents } from './forged-events.ts';
import { hostileWordAttacks } from './hostile-words.ts';
import { httpAttacks } from './http.ts';
import { jobAttacks } from './jobs.ts';
import { journalAttacks } from './journal.ts';
import { keyAttacks } from './keys.ts';
import { kubeAttacks } from './lying-kube.ts';
import { sshAttacks } from './lying-ssh.ts';
import { replayAttacks } from './replays.ts';
import { typedAttacks } from './typed-words.ts';
import { yamlAttacks } from './yaml-files.ts';

/** Every attack, by its aim. */
export function attacks(): readonly Attack[] {
  return [
    ...approvalAttacks(),
    ...jobAttacks(),
    ...clickAttacks(),
    ...httpAttacks(),
    ...forgedEvents(),
    ...yamlAttacks(),
    ...archiveAttacks(),
    ...sshAttacks(),
    ...kubeAttacks(),
    ...keyAttacks(),
    ...journalAttacks(),
    ...typedAttacks(),
    ...hostileWordAttacks(),
    ...replayAttacks(),
  ];
}
