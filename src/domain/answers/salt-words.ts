import type { SaltReturn } from '../cluster/salt.ts';
import { RETRY_HINT } from './retry-hint.ts';

/** How a Salt run on a node ended, in a sentence; `line` is the command as Salt's own command line has it. */
export function saltEnded(line: string, answer: SaltReturn): string {
  switch (answer.is) {
    case 'failed':
      return `The Salt state “${answer.first.id}” of ${answer.first.sls} failed.`;
    case 'conflict':
      return 'Another Salt state run is in progress there.';
    case 'not-run':
      return `Salt could not ${answer.why === 'pillar' ? 'compile the pillar' : 'render the states'}; nothing ran.`;
    case 'no-return':
      return 'The minion did not return.';
    case 'master-down':
      return 'The Salt master does not answer; nothing was started.';
    case 'lost':
      return `\`${line}\` ended without a result.`;
    case 'error':
      return `Salt answered with an error to \`${line}\`.`;
    case 'ok':
      return 'Salt answered well.';
  }
}

/** What to do after a Salt run that ended like this. */
export function afterSalt(answer: SaltReturn): string {
  switch (answer.is) {
    case 'failed':
      return `Mend what the comment names on that node, then ${RETRY_HINT}: what is done stays done.`;
    case 'conflict':
      return `Wait for it to end, then ${RETRY_HINT}.`;
    case 'not-run':
    case 'error':
      return `Mend what the message names, then ${RETRY_HINT}.`;
    case 'no-return':
      return 'Check `systemctl status salt-minion` on that node; the job may still be running there.';
    case 'master-down':
      return `Check the salt-master pod on the bootstrap node, then ${RETRY_HINT}.`;
    case 'lost':
      return `Look at the node first, as the run may have gone on; then ${RETRY_HINT}.`;
    case 'ok':
      return 'Nothing to do.';
  }
}

/** Salt's own words about it; null when it has none. */
export function saltSaid(answer: SaltReturn): string | null {
  if (answer.is === 'ok') return null;
  return answer.is === 'failed' ? answer.first.comment : answer.says;
}
