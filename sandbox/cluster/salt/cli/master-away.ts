import type { World } from '../../world.ts';

/** What Salt's programs print on stdout and stderr when the master does not answer; captured from Salt 3006.0. */
export interface MasterAway {
  readonly says: string;
  readonly log: string;
}

const DOWN: MasterAway = {
  says: 'The salt master could not be contacted. Is master running?',
  log: '[ERROR   ] Unable to connect to the salt master publisher at /var/run/salt/master\n',
};
export const HUNG: MasterAway = {
  says: 'Salt request timed out. The master is not responding. You may need to run your command with `--async` in order to bypass the congested event bus. With `--async`, the CLI tool will print the job id (jid) and exit immediately without listening for responses. You can then use `salt-run jobs.lookup_jid` to look up the results of the job in the job cache later.',
  log: '[ERROR   ] Encountered StreamClosedException\n[ERROR   ] \n',
};

/** How the master is away; null while it answers. */
export function masterAway({ faults }: World): MasterAway | null {
  if (faults.isOn('salt-master-down')) return DOWN;
  return faults.isOn('salt-master-hung') ? HUNG : null;
}
