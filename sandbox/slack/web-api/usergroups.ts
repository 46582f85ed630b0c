import { z } from 'zod';
import type { Site } from '../site/site.ts';
import { type Answer, type ApiMethod, refuse, withArgs } from './answer.ts';

/** Both methods: Tier 2, scope `usergroups:read`, and `plan_upgrade_required` on free plans (docs.slack.dev, pages of the methods). */
const shared = { token: 'bot', scopes: ['usergroups:read'] } as const;

/** usergroups.list. */
export const usergroupsList: ApiMethod = {
  ...shared,
  run: (_args, site) =>
    freePlan(site) ?? {
      ok: true,
      usergroups: site.workspace.groups.map(({ id, name }) => ({
        id,
        team_id: site.workspace.team.id,
        is_usergroup: true,
        name,
        handle: name,
        description: '',
        date_delete: 0,
        user_count: membersOf(id, site)?.length ?? 0,
      })),
    },
};

/** usergroups.users.list. */
export const usergroupsUsersList: ApiMethod = {
  ...shared,
  run: withArgs(z.object({ usergroup: z.string() }), ({ usergroup }, site) => {
    const users = membersOf(usergroup, site);
    return freePlan(site) ?? (users === undefined ? refuse('no_such_subteam') : { ok: true, users });
  }),
};

const freePlan = ({ faults }: Site): Answer | null =>
  faults.has('slack-free-plan') ? refuse('plan_upgrade_required') : null;

/** The current members: the fault `slack-left-groups` removes people. */
function membersOf(group: string, { workspace, faults }: Site): readonly string[] | undefined {
  const gone = faults.leftGroups();
  const hasLeft = (id: string) =>
    workspace.people.some((person) => person.id === id && (gone.includes(id) || gone.includes(person.name)));
  return workspace.groups.find(({ id }) => id === group)?.users.filter((id) => !hasLeft(id));
}
