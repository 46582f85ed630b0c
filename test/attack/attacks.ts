import type { Family } from './attack.ts';
import { archiveAttacks } from './files/archives.ts';
import { journalAttacks } from './files/journal.ts';
import { keyAttacks } from './files/keys.ts';
import { linkedPartAttacks } from './files/linked-parts.ts';
import { terminalAttacks } from './files/terminal.ts';
import { yamlAttacks } from './files/yaml-files.ts';
import { kubeAttacks } from './network/lying-kube.ts';
import { sshAttacks } from './network/lying-ssh.ts';
import { wrongMachineAttacks } from './network/wrong-machine.ts';
import { approvalAttacks } from './redis/approvals.ts';
import { boardAttacks } from './redis/boards.ts';
import { dryRunAttacks } from './redis/dry-runs.ts';
import { forgedEvents } from './redis/forged-events.ts';
import { jobAttacks } from './redis/jobs.ts';
import { replayAttacks } from './redis/replays.ts';
import { unsignedWords } from './redis/unsigned-words.ts';
import { clickAttacks } from './slack/clicks.ts';
import { eventAttacks } from './slack/events.ts';
import { formAttacks } from './slack/forms.ts';
import { hostileWordAttacks } from './slack/hostile-words.ts';
import { httpAttacks } from './slack/http.ts';
import { reasonAttacks } from './slack/reasons.ts';
import { typedAttacks } from './slack/typed-words.ts';

/** Every attack. The last family changes the cluster permanently, so it comes last in its sandbox. */
export function families(): readonly Family[] {
  return [
    approvalAttacks(),
    jobAttacks(),
    clickAttacks(),
    formAttacks(),
    reasonAttacks(),
    eventAttacks(),
    httpAttacks(),
    forgedEvents(),
    unsignedWords(),
    dryRunAttacks(),
    boardAttacks(),
    yamlAttacks(),
    archiveAttacks(),
    linkedPartAttacks(),
    sshAttacks(),
    wrongMachineAttacks(),
    kubeAttacks(),
    keyAttacks(),
    journalAttacks(),
    terminalAttacks(),
    typedAttacks(),
    hostileWordAttacks(),
    replayAttacks(),
  ];
}
