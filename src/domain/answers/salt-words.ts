import type { FailedState, SaltReturn } from '../cluster/salt.ts';
import { NOT_REPEATED, RETRY_HINT } from './retry-hint.ts';

const NOT_RUN = { pillar: 'compile the pillar', render: 'render the states', missing: 'find the states' } as const;

/** How a Salt run on a node ended, as a sentence. `line` is the `salt` or `salt-call` command. */
export function saltEnded(line: string, answer: SaltReturn): string {
  switch (answer.is) {
    case 'failed':
      return `The Salt state “${answer.first.id}” of ${answer.first.sls} failed.`;
    case 'conflict':
      return 'Another Salt state run is in progress on that node.';
    case 'not-run':
      return `Salt could not ${NOT_RUN[answer.why]}. It ran no state.`;
    case 'no-return':
      return 'The minion did not return.';
    case 'dropped':
      return 'The minion answers, but it does not run the job any more, and it did not return a result.';
    case 'master-down':
      return 'The Salt master does not answer. No state run was started.';
    case 'lost':
      return `\`${line}\` ended without a result.`;
    case 'error':
      return answer.why === 'nobody'
        ? 'The Salt master knows none of the minions. Nothing was sent to them.'
        : `\`${line}\` returned an error.`;
    case 'ok':
      return 'The Salt run succeeded.';
  }
}

/** The next action after such a Salt run. */
export function afterSalt(answer: SaltReturn): string {
  switch (answer.is) {
    case 'failed':
      if (waitsForRegistry(answer.first)) return `${LOOK_AT_REGISTRY}, then ${RETRY_HINT}. ${NOT_REPEATED}`;
      return `Fix the Salt error on that node, then ${RETRY_HINT}. ${NOT_REPEATED}`;
    case 'conflict':
      return `Wait until it ends, then ${RETRY_HINT}.`;
    case 'not-run':
    case 'error':
      return `Fix the Salt error, then ${RETRY_HINT}.`;
    case 'no-return':
      return `Check \`systemctl status salt-minion\` on that node, where the job may still be running. Then ${RETRY_HINT}.`;
    case 'dropped':
      return `Read \`journalctl -u salt-minion\` on that node, then ${RETRY_HINT}. ${NOT_REPEATED}`;
    case 'master-down':
      return `Check the salt-master pod on the bootstrap node, then ${RETRY_HINT}.`;
    case 'lost':
      return `Check the node first: the run may have continued. Then ${RETRY_HINT}.`;
    case 'ok':
      return 'Nothing to do.';
  }
}

/** MetalK8s' states that wait for the registry's container: they say that it does not run or answer, and not why. */
const waitsForRegistry = ({ id, sls }: FailedState): boolean =>
  sls === 'metalk8s.repo.installed' && /repositories container/i.test(id);

const LOOK_AT_REGISTRY =
  'See on that node why the registry’s container does not run or answer: `crictl ps -a --name repositories` shows its ID, and `crictl logs ID` its error. Fix that';

/** Salt's own message; null when there is none. */
export function saltSaid(answer: SaltReturn): string | null {
  if (answer.is === 'ok') return null;
  return answer.is === 'failed' ? answer.first.comment : answer.says;
}
