import type { Intent } from '../plan/intent.ts';
import type { Policy } from '../policy/policy.ts';
import { verbPlug } from './verbs.ts';

/** The request with what the policy decides where the request leaves it open. */
export function withDefaults(intent: Intent, { engines }: Policy): Intent {
  const isOpen = intent.engines === undefined && verbPlug(intent.verb).valued.includes('--engines');
  return isOpen && engines !== undefined ? { ...intent, engines } : intent;
}
