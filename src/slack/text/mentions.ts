import type { People } from '../../domain/policy/policy.ts';
import { escaped } from './foreign-text.ts';
import { person } from './names.ts';

/** People and groups as mentions, which notify them. */
export const mentions = ({ users, groups }: People): string =>
  [...users.map((id) => person({ id, name: id })), ...groups.map((group) => `<!subteam^${escaped(group)}>`)].join(' ');
