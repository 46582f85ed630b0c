import type { DecisionKind } from '../../../src/domain/policy/policy.ts';

/** The action IDs of the card's buttons, as visible in any payload. */
export const ACTIONS: Readonly<Record<DecisionKind, string>> = {
  approve: 'registry-ha:approve',
  deny: 'registry-ha:deny',
  retry: 'registry-ha:retry',
  cancel: 'registry-ha:cancel',
  'break-glass': 'registry-ha:break-glass',
};
