import { FakeAnnouncements } from '../fakes/fake-announcements.ts';
import { FakeCards } from '../fakes/fake-cards.ts';
import { FakeChanges } from '../fakes/fake-changes.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeGroups } from '../fakes/fake-groups.ts';
import { FakeHolds } from '../fakes/fake-holds.ts';
import { FakeJournal } from '../fakes/fake-journal.ts';
import { FakeQueue } from '../fakes/fake-queue.ts';
import { announcementsContract } from './announcements.contract.ts';
import { cardsContract } from './cards.contract.ts';
import { changesContract } from './changes.contract.ts';
import { groupsContract } from './groups.contract.ts';
import { holdsContract } from './holds.contract.ts';
import { journalContract } from './journal.contract.ts';
import { queueContract } from './queue.contract.ts';

const close = async () => undefined;

changesContract('fake', async () => ({ changes: new FakeChanges('c1'), close }));

cardsContract('fake', async () => {
  const [clock, changes] = [new FakeClock(), new FakeChanges('c1')];
  return { cards: new FakeCards([changes], clock), changes, outlast: (ms) => clock.advance(ms), close };
});

announcementsContract('fake', async () => {
  const announcements = new FakeAnnouncements();
  return { changes: new FakeChanges('c1', announcements), replica: () => announcements, close };
});

queueContract('fake', async () => {
  const queue = new FakeQueue();
  const drain = async (onJob?: (id: string) => Promise<void>) => {
    const took: string[] = [];
    await queue.drain(async ({ kind, id }) => {
      took.push(`${kind} ${id}`);
      await onJob?.(id);
    });
    return took;
  };
  return { queue, drain, close };
});

journalContract('fake', async () => ({ journal: new FakeJournal(), close }));

holdsContract('fake', async () => ({ holds: new FakeHolds(), close }));

groupsContract('fake', async () => {
  const groups = new FakeGroups();
  groups.put('S0APPROVERS', 'U0BOB', 'U0CAROL');
  return { groups, close };
});
