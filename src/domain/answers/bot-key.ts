import { type Refusal, refuse } from './refusal.ts';

/** Refuses while the worker of a cluster does not trust the bot's key of this name. */
export const untrustedBot = (cluster: string, key: string): Refusal =>
  refuse(
    'approval-invalid',
    `The worker of ${cluster} does not trust this bot’s key ${key}, so it would accept no approval.`,
    'If the bot was restored from an older backup, give it its newer key, or a new one: see docs/keys.md. Otherwise copy its `approval.pub` to a path in the worker’s `trustedKeys`, and restart the worker.',
  );
