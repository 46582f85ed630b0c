import type { Intent } from '../../plan/intent.ts';

/** The command of a sync, for refusals and cards. */
export const syncAgain = ({ nodes }: Pick<Intent, 'nodes'>): string =>
  `\`/registry-ha sync ${nodes.length === 0 ? 'all' : nodes.join(' ')}\``;
