import { copyFile, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { openTargetDigests } from '../src/adapters/node/target-digests.ts';
import { RateCap } from '../src/adapters/ssh/stream/rate-cap.ts';
import { systemClock } from '../src/runtime/clock.ts';
import type { Lab, Target } from './lab.ts';
import { type Knowledge, Ours, partOf, placeOf } from './ours.ts';
import { Peers, sh } from './peers.ts';
import type { Contender, Race } from './race.ts';
import { bringing } from './rows.ts';

const GIGABIT = 125_000_000;

/** A race that also counts bytes sent. */
export interface CountedRace {
  readonly race: Race;
  /** Share of the file that our last run sent. */
  readonly sent: () => number;
  readonly most: number;
}

/** Rows where the target already has something: a prefix, or the whole file. */
export async function resumed(lab: Lab): Promise<readonly CountedRace[]> {
  const { plain, targets } = lab;
  const [one] = targets;
  const peers = new Peers(lab);
  const ours = new Ours(lab);
  const path = placeOf(plain, one);
  const known = await knownIn(lab, path);
  const sixty = Math.floor(plain.size * 0.6);
  const prefix = async (at: string) => {
    await copyFile(plain.path, at);
    await truncate(at, sixty);
  };
  const quick = peers.rsync(plain, one, path, '-a');
  const copy = () => ours.copy(plain, one, known);
  const sent = () => ours.sent / plain.size;
  const append = () => sh(peers.rsync(plain, one, path, '-a --append-verify'));
  return [
    {
      race: {
        name: 'resume60',
        goal: 0.9,
        says: 'rsync --append-verify of a 60 % prefix',
        peer: bringing(plain, [one], append, () => prefix(path)),
        ours: bringing(plain, [one], copy, () => prefix(partOf(plain, one))),
      },
      sent,
      most: 0.4 + 2 ** 20 / plain.size,
    },
    {
      race: {
        name: 'noop',
        goal: 1.7,
        says: 'rsync -a quick check of an identical file',
        peer: bringing(
          plain,
          [one],
          () => sh(quick),
          () => sh(quick),
        ),
        ours: bringing(plain, [one], copy, copy),
      },
      sent,
      most: 0,
    },
  ];
}

/** Rows where the target has another archive with 70 % of the content. */
export async function seeded(lab: Lab): Promise<readonly CountedRace[]> {
  const { next, old, targets } = lab;
  const [one] = targets;
  const ours = new Ours(lab);
  const path = placeOf(next, one);
  const known = await knownIn(lab, path);
  await lab.offer(old, placeOf(old, one));
  await ours.copy(old, one, known);
  const full = (maxRate?: number) =>
    bringing(next, [one], () => ours.copy(next, one, { ...known, ...capped(maxRate) }));
  const cold = bringing(next, [one], () => ours.copy(next, one, { ...known, seed: old }));
  const drawn = (maxRate?: number): Contender => {
    let copy = async (): Promise<void> => undefined;
    const prepare = async () => {
      copy = await ours.prepared(next, one, { ...known, seed: old, ...capped(maxRate) });
    };
    return bringing(next, [one], () => copy(), prepare);
  };
  const row = (name: string, goal: number, says: string, peer: Contender, own: Contender): CountedRace => ({
    race: { name, goal, says, peer, ours: own },
    sent: () => ours.sent / next.size,
    most: 0.32,
  });
  const gigabit = 'the same, both held to 1 Gbit/s';
  return [
    row('seeded', 1.3, 'our full verified copy; searched in advance, as while people read the plan', full(), drawn()),
    row('seeded-cold', 1.3, 'the same, with the search timed', full(), cold),
    row('seeded-1gbit', 2.5, gigabit, full(GIGABIT), drawn(GIGABIT)),
  ];
}

/** Rows where the target has the release before a patch: 95 % of the content, which is what seeding is kept for. */
export async function patched(lab: Lab): Promise<readonly CountedRace[]> {
  const { patch, old, targets } = lab;
  const [one] = targets;
  const known = await knownIn(lab, placeOf(patch, one));
  for (const target of targets) {
    await lab.offer(patch, placeOf(patch, target));
    await lab.offer(old, placeOf(old, target));
    await new Ours(lab).copy(old, target, known);
  }
  const row = (name: string, goal: number, where: string, to: readonly Target[], maxRate?: number): CountedRace => {
    const each = to.map((target) => ({ target, ours: new Ours(lab) }));
    const copies = (seed: Knowledge) => async () => {
      const shared = { ...known, ...seed, ...capped(maxRate) };
      const all = await Promise.all(each.map(({ target, ours }) => ours.prepared(patch, target, shared)));
      return async () => void (await Promise.all(all.map((copy) => copy())));
    };
    return {
      race: {
        name,
        goal,
        says: `our full verified copy of a patch release, ${where}`,
        peer: prepared(lab, to, copies({})),
        ours: prepared(lab, to, copies({ seed: old })),
      },
      sent: () => each.reduce((sum, { ours }) => sum + ours.sent, 0) / (patch.size * to.length),
      most: 0.07,
    };
  };
  return [
    row('patch', 1, 'on loopback', [one]),
    row('patch-10gbit', 1, 'both held to 10 Gbit/s', [one], 10 * GIGABIT),
    row('patch-1gbit', 2, 'both held to 1 Gbit/s', [one], GIGABIT),
    row('patch3-1gbit', 2, 'to three targets, held to 1 Gbit/s together', targets, GIGABIT),
  ];
}

/** Copies that are searched in advance, as while people read the plan. */
function prepared({ patch }: Lab, to: readonly Target[], prepare: () => Promise<() => Promise<void>>): Contender {
  let copy = async (): Promise<void> => undefined;
  return bringing(
    patch,
    to,
    () => copy(),
    async () => {
      copy = await prepare();
    },
  );
}

/** The same against rsync, which finds the basis by a similar name. */
export async function seededRsync(lab: Lab): Promise<Race> {
  const { next, old, targets } = lab;
  const [one] = targets;
  const peers = new Peers(lab);
  const ours = new Ours(lab);
  const path = placeOf(next, one);
  const known = await knownIn(lab, path);
  await lab.offer(old, placeOf(old, one));
  await ours.copy(old, one, known);
  const delta = `-a --no-whole-file --inplace --copy-dest=${one.folder}`;
  // With --inplace the basis must have the same name: the copy on the target only costs time on its own disk.
  const basis = peers.ssh(one, `cp ${placeOf(old, one)} ${path}`);
  const lines = [basis, peers.rsyncGcm(next, one, path, delta), peers.digestsAtOnce(next, [{ target: one, path }])];
  return {
    name: 'seeded-rsync',
    goal: 1.5,
    says: 'rsync --inplace over a copy of the old archive, then digests in parallel',
    peer: bringing(next, [one], () => sh(lines.map((line) => `{ ${line}\n}`).join(' && '))),
    ours: bringing(next, [one], () => ours.copy(next, one, { ...known, seed: old })),
  };
}

/** Knowledge of a finished search: a full digest cache, and what the target holds. */
async function knownIn(lab: Lab, path: string): Promise<Knowledge> {
  const source = [lab.next, lab.patch].find((one) => basename(one.path) === basename(path)) ?? lab.plain;
  await lab.offer(source, path);
  const bootstrap = lab.bootstrap();
  await bootstrap.sha256(path, new AbortController().signal);
  return { bootstrap, digests: await openTargetDigests({ log: () => undefined }) };
}

const capped = (maxRate: number | undefined): Pick<Knowledge, 'rateCap'> =>
  maxRate === undefined ? {} : { rateCap: new RateCap(maxRate, systemClock) };
