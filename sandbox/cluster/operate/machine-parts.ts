import type { FaultEffects } from '../fault-effects.ts';
import type { Kubernetes } from '../kube/kube-api.ts';
import type { Kubelet } from '../kubelet.ts';
import type { RestoreSwitch } from '../restore-switch.ts';
import type { SshFleet } from '../ssh/fleet.ts';
import type { NodeReach } from '../ssh/program.ts';

/** What machines consist of. */
export interface MachineParts extends NodeReach {
  readonly kubelet: Kubelet;
  readonly fleet: SshFleet;
  readonly effects: FaultEffects;
  readonly restoreSwitch: RestoreSwitch;
  readonly kube: Kubernetes;
}
