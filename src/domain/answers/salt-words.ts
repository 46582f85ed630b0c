import type { SaltReturn } from '../cluster/salt.ts';
import { type FailureReport, lastOf } from './failure-report.ts';
import { RETRY_HINT } from './retry-hint.ts';

/** A Salt run that did not end well, in sentences. */
export function saltWords(line: string, answer: SaltReturn): Pick<FailureReport, 'what' | 'next' | 'detail'> {
  switch (answer.is) {
    case 'failed':
      return {
        what: `The Salt state “${answer.first.id}” of ${answer.first.sls} failed.`,
        next: `Mend what the comment names on that node, then ${RETRY_HINT}: what is done stays done.`,
        detail: lastOf(answer.first.comment),
      };
    case 'conflict':
      return {
        what: 'Another Salt state run is in progress there.',
        next: `Wait for it to end, then ${RETRY_HINT}.`,
        detail: lastOf(answer.says),
      };
    case 'not-run':
      return {
        what: `Salt could not ${answer.why === 'pillar' ? 'compile the pillar' : 'render the states'}; nothing ran.`,
        next: `Mend what the message names, then ${RETRY_HINT}.`,
        detail: lastOf(answer.says),
      };
    case 'no-return':
      return {
        what: 'The minion did not return.',
        next: 'Check `systemctl status salt-minion` on that node; the job may still be running there.',
        detail: lastOf(answer.says),
      };
    case 'master-down':
      return {
        what: 'The Salt master does not answer; nothing was started.',
        next: `Check the salt-master pod on the bootstrap node, then ${RETRY_HINT}.`,
        detail: lastOf(answer.says),
      };
    case 'lost':
      return {
        what: `\`${line}\` ended without a result.`,
        next: `Look at the node first, as the run may have gone on; then ${RETRY_HINT}.`,
        detail: lastOf(answer.says),
      };
    case 'error':
      return {
        what: `Salt answered with an error to \`${line}\`.`,
        next: `Mend what the message names, then ${RETRY_HINT}.`,
        detail: lastOf(answer.says),
      };
    case 'ok':
      return { what: 'Salt answered well.', next: 'Nothing to do.' };
  }
}
