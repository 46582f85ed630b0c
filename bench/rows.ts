import { assertSame, type Lab, type SourceFile, type Target } from './lab.ts';
import { clear, Ours, placeOf } from './ours.ts';
import { atOnce, Peers, sh } from './peers.ts';
import type { Contender, Race } from './race.ts';

/** A contender that copies the plain file to some targets and checks it. */
export function bringing(
  source: SourceFile,
  targets: readonly Target[],
  run: () => Promise<void>,
  prepare: () => Promise<void> = async () => undefined,
): Contender {
  return {
    async prepare() {
      await clear(source, ...targets);
      await prepare();
    },
    run,
    async check() {
      for (const target of targets) await assertSame(placeOf(source, target), source);
    },
  };
}

/** Rows that compare full copies of one file. */
export async function wholeCopies(lab: Lab): Promise<readonly Race[]> {
  const { plain, targets } = lab;
  const [one] = targets;
  const peers = new Peers(lab);
  const ours = new Ours(lab);
  const path = placeOf(plain, one);
  await lab.offer(plain, path);
  const known = lab.bootstrap();
  await known.sha256(path, new AbortController().signal);
  const peer = (line: string) => bringing(plain, [one], () => sh(line));
  const verified = bringing(plain, [one], () => ours.copy(plain, one));
  const plainCopy = bringing(plain, [one], () => ours.unverified(plain, one));
  const scp = peers.scp(plain, one, path);
  const gcm = peers.scpGcm(plain, one, path);
  const digests = peers.digests(plain, one, path);
  return [
    { name: 'single', goal: 1.4, says: 'scp; both unverified', peer: peer(scp), ours: plainCopy },
    { name: 'single-gcm', goal: 1.1, says: 'scp gcm; both unverified', peer: peer(gcm), ours: plainCopy },
    {
      name: 'verified',
      goal: 1.7,
      says: 'scp, then digests in sequence',
      peer: peer(`${scp} && ${digests}`),
      ours: verified,
    },
    {
      name: 'verified-known',
      goal: 1.9,
      says: 'the same, with the source’s digest in the cache',
      peer: peer(`${scp} && ${digests}`),
      ours: bringing(plain, [one], () => ours.copy(plain, one, { bootstrap: known })),
    },
    {
      name: 'verified-smart',
      goal: 1.05,
      says: 'scp gcm, then digests in parallel',
      peer: peer(`${gcm} && { ${peers.digestsAtOnce(plain, [{ target: one, path }])}; }`),
      ours: verified,
    },
  ];
}

/** The row that copies one file to three targets. */
export async function fanOut(lab: Lab): Promise<Race> {
  const { plain, targets } = lab;
  const peers = new Peers(lab);
  const ours = new Ours(lab);
  const copies = targets.map((target) => ({ target, path: placeOf(plain, target) }));
  for (const { path } of copies) await lab.offer(plain, path);
  const sends = copies.map(({ target, path }) => peers.scpGcm(plain, target, path));
  const line = `{ ${atOnce(sends)}; } && { ${peers.digestsAtOnce(plain, copies)}; }`;
  return {
    name: 'fanout3',
    goal: 1,
    says: 'three scp gcm in parallel, then digests everywhere',
    peer: bringing(plain, targets, () => sh(line)),
    ours: bringing(plain, targets, async () => {
      const bootstrap = lab.bootstrap();
      await Promise.all(targets.map((target) => ours.copy(plain, target, { bootstrap })));
    }),
  };
}
