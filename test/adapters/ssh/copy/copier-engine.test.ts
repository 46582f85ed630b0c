import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { appendFile, chmod, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OpenSsh } from '../../../../src/adapters/ssh/run/openssh.ts';
import { RateCap } from '../../../../src/adapters/ssh/stream/rate-cap.ts';
import { REBUILD_SCRIPT, RECEIVE_SCRIPT, SEE_SCRIPT } from '../../../../src/domain/node-commands/copy-scripts.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { CopyProgress } from '../../../../src/ports/copier.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { fastClock } from '../copy-stage.ts';
import { type EngineStage, engineStage } from '../engine-stage.ts';

let stage: EngineStage;
beforeAll(async () => {
  stage = await engineStage();
});
afterAll(() => stage.close());
afterEach(async () => {
  await removeFolder(dirname(stage.old.path));
  stage.ran.length = 0;
});

const never = () => new AbortController().signal;
const scripts = () => stage.ran.map(({ args }) => args[args.indexOf('-c') + 1]);

/** Copies, and returns the last progress. */
async function copied(
  step = stage.step(stage.old),
  parts: Parameters<EngineStage['copier']>[0] = {},
): Promise<CopyProgress | undefined> {
  let last: CopyProgress | undefined;
  await stage.copier(parts).copy(
    step,
    stage.access,
    (progress) => {
      last = progress;
    },
    never(),
  );
  return last;
}

describe('a whole file', () => {
  it('goes through ssh(1), so that no byte passes through the worker', async () => {
    await copied();
    expect(await stage.isThere(stage.old)).toBe(true);
    expect(scripts()).not.toContain(RECEIVE_SCRIPT);
  });

  it('goes through the built-in client where ssh(1) is missing or cannot log in', async () => {
    const refused = join(stage.folder, 'refused-ssh');
    await writeFile(refused, '#!/bin/sh\necho Permission denied >&2\nexit 255\n', { mode: 0o755 });
    for (const program of ['/nowhere/ssh', refused]) {
      await rm(stage.old.path, { force: true });
      stage.ran.length = 0;
      const openSsh = new OpenSsh({ knownHostsPath: stage.knownHostsPath, program });
      await copied(stage.step(stage.old), { openSsh });
      expect(await stage.isThere(stage.old)).toBe(true);
      expect(scripts()).toContain(RECEIVE_SCRIPT);
    }
  });

  it('is sent by ssh(1) from the first missing byte', async () => {
    await copied();
    await truncate(stage.old.path, 3_000_000);
    await chmod(stage.old.path, 0o600);
    const { part } = stage.step(stage.old);
    await writeFile(part, await readFile(stage.old.path));
    await rm(stage.old.path);
    expect(await copied()).toMatchObject({ sent: stage.old.size, saved: 3_000_000 });
    expect(await stage.isThere(stage.old)).toBe(true);
  });

  it.for([
    ['ssh(1)', 'ssh'],
    ['our own client', '/nowhere/ssh'],
  ] as const)('sent by %s, is reported as sent while the node still writes it', async ([, program], { signal }) => {
    const [taken, told] = ['taken', 'told'].map((name) => join(stage.folder, `${name}-${basename(program)}`));
    const slow = join(stage.sshd.binFolder, 'openssl');
    // The node hashes what it has written, and this file is written in one stretch.
    // Not for ever: it outlives a test that fails.
    const untilTold = `n=0; while [ ! -e '${told}' ] && [ "$n" -lt 1200 ]; do sleep 0.1; n=$((n + 1)); done`;
    const waiting = `head -c 1; touch '${taken}'; ${untilTold}; cat`;
    await writeFile(slow, `#!/bin/sh\n{ ${waiting}; } | sha256sum\n`, { mode: 0o755 });
    const tell = ({ sent }: CopyProgress): void => {
      if (sent === stage.old.size) writeFileSync(told ?? '', '');
    };
    // No time passes until the node hashes, so each report before comes too soon after the first one. Bytes may follow then, too.
    const clock: Clock = {
      ...fastClock(20),
      steadyMs: () => (existsSync(taken ?? '') ? 2_000 + 20 * performance.now() : 0),
    };
    const copier = stage.copier({ openSsh: new OpenSsh({ knownHostsPath: stage.knownHostsPath, program }), clock });
    await copier.copy(stage.step(stage.old), stage.access, tell, signal).finally(() => rm(slow, { force: true }));
    expect(await stage.isThere(stage.old)).toBe(true);
  });

  it('is not sent to a node with another host key', async () => {
    await writeFile(`${stage.knownHostsPath}-empty`, '');
    const openSsh = new OpenSsh({ knownHostsPath: `${stage.knownHostsPath}-empty` });
    const file = { stdin: { fd: 0 }, signal: never() };
    const { ended } = await openSsh.run(stage.access, { program: 'true', args: [] }, file);
    expect(ended).toEqual({ is: 'unknown', says: 'ssh ended with exit code 255: Host key verification failed.' });
  });
});

describe('an archive on the target', () => {
  it('costs one round trip when it was verified before', async () => {
    await copied();
    stage.ran.length = 0;
    expect(await copied()).toMatchObject({ sent: stage.old.size, saved: stage.old.size });
    expect(scripts()).toEqual([SEE_SCRIPT]);
  });

  it('is hashed again when it was touched', async () => {
    await copied();
    await utimes(stage.old.path, new Date(), new Date());
    await appendFile(stage.old.path, 'x');
    await truncate(stage.old.path, stage.old.size);
    expect(await copied()).toMatchObject({ saved: stage.old.size });
    await writeFile(stage.old.path, Buffer.alloc(stage.old.size));
    await expect(copied()).rejects.toMatchObject({ what: expect.stringContaining('another file') });
  });

  it('is not sent again as a part of the next archive', async () => {
    await copied();
    const last = await copied(stage.step(stage.next, stage.old));
    expect(await stage.isThere(stage.next)).toBe(true);
    expect(last).toMatchObject({ sent: stage.next.size, saved: stage.old.size });
    expect(scripts()).not.toContain(RECEIVE_SCRIPT);
  });

  it('is not sent again where there is no ssh(1)', async () => {
    await copied();
    const openSsh = new OpenSsh({ knownHostsPath: stage.knownHostsPath, program: '/nowhere/ssh' });
    const last = await copied(stage.step(stage.next, stage.old), { openSsh });
    expect(await stage.isThere(stage.next)).toBe(true);
    expect(last).toMatchObject({ saved: stage.old.size });
    expect(scripts()).toContain(REBUILD_SCRIPT);
  });

  it('is not searched during a prepared copy', async () => {
    await copied();
    const step = stage.step(stage.next, stage.old);
    let reads = 0;
    const bootstrap = stage.bootstrapThat((path) => {
      if (path === stage.old.path) reads += 1;
    });
    const copier = stage.copier({ bootstrap });
    await copier.prepare([step], never());
    const searched = reads;
    await copier.copy(step, stage.access, () => undefined, never());
    expect(await stage.isThere(stage.next)).toBe(true);
    expect(searched).toBeGreaterThan(0);
    expect(reads).toBe(searched);
  });

  it('is reported by the copy, not by its preparation, when it is unreadable', async () => {
    const gone = { ...stage.old, path: `${stage.old.path}-gone` };
    await expect(stage.copier().prepare([stage.step(stage.next, gone)], never())).resolves.toBeUndefined();
  });

  it('is not a seed when it was never verified: everything is sent', async () => {
    await copied();
    const digests = { known: () => null, remember: async () => undefined };
    expect(await copied(stage.step(stage.next, stage.old), { digests })).toMatchObject({ saved: 0 });
    expect(await stage.isThere(stage.next)).toBe(true);
  });

  it('is discarded as a seed when the digest is wrong: everything is sent', async () => {
    await copied();
    await writeFile(stage.old.path, Buffer.alloc(stage.old.size));
    expect(await copied(stage.step(stage.next, stage.old))).toMatchObject({ saved: 0 });
    expect(await stage.isThere(stage.next)).toBe(true);
  });

  it('may disappear: everything is sent', async () => {
    await copied();
    await rm(stage.old.path);
    await copied(stage.step(stage.next, stage.old));
    expect(await stage.isThere(stage.next)).toBe(true);
  });

  it('resumes in the middle of a seeded copy', async () => {
    await copied();
    const step = stage.step(stage.next, stage.old);
    const source = await readFile(stage.sourceOf(stage.next));
    await writeFile(step.part, source.subarray(0, 5_000_001));
    const last = await copied(step);
    expect(await stage.isThere(stage.next)).toBe(true);
    expect(last?.saved).toBeGreaterThan(stage.old.size);
  });
});

describe('an exact copy', () => {
  it('is read back from the disk in strict mode', async () => {
    await copied(stage.step(stage.old), { strict: true });
    expect(await stage.isThere(stage.old)).toBe(true);
    expect(scripts().some((script) => script?.includes('nocache'))).toBe(true);
  });

  it('fails when the archive changes while ssh(1) reads it', async () => {
    const source = stage.sourceOf(stage.next);
    const before = await readFile(source);
    const slow = join(stage.sshd.binFolder, 'mkdir');
    await writeFile(slow, `#!/bin/sh\nprintf x | dd of='${source}' conv=notrunc status=none\nexec /bin/mkdir "$@"\n`, {
      mode: 0o755,
    });
    const failure = await copied(stage.step(stage.next)).catch((error: unknown) => error);
    await rm(slow);
    await writeFile(source, before);
    expect(failure).toBeInstanceOf(Error);
    expect(await stage.isThere(stage.next)).toBe(false);
  });
});

describe('a copy with a rate limit', () => {
  it('goes through ssh(1) and arrives whole', async () => {
    await copied(stage.step(stage.old), { rateCap: new RateCap(64_000_000, systemClock) });
    expect(await stage.isThere(stage.old)).toBe(true);
    expect(scripts()).not.toContain(RECEIVE_SCRIPT);
  });

  it('stops at once when the operator cancels it, and leaves no program behind', async () => {
    const cancel = new AbortController();
    const copier = stage.copier({ rateCap: new RateCap(1_000_000, systemClock) });
    const copying = copier.copy(
      stage.step(stage.old),
      stage.access,
      () => cancel.abort(new Error('cancelled')),
      cancel.signal,
    );
    await expect(copying).rejects.toThrow('cancelled');
    expect(await stage.isThere(stage.old)).toBe(false);
  });
});

describe('several targets', () => {
  it('are not delayed by a silent target', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const stop = new AbortController();
    const step = { ...stage.step(stage.old), node: 'node-3' };
    const copier = stage.copier({ atATime: 2 });
    const ended: string[] = [];
    const stuck = copier
      .copy(step, { ...stage.access, node: 'node-3', host: '127.0.0.1', port }, () => undefined, stop.signal)
      .catch((error: unknown) => void ended.push(String(error)));
    await copier.copy(stage.step(stage.old), stage.access, () => undefined, never());
    ended.push('alive');
    stop.abort(new Error('stopped'));
    await stuck;
    silent.close();
    expect(ended).toEqual(['alive', 'Error: stopped']);
    expect(await stage.isThere(stage.old)).toBe(true);
  });

  it('do not fail with a target that refuses connections, even with one copy at a time', async () => {
    const dead = { ...stage.access, node: 'node-3', port: 1 };
    const step = { ...stage.step(stage.old), node: 'node-3' };
    const copier = stage.copier({ atATime: 1 });
    const ended: string[] = [];
    const copies = [
      copier.copy(step, dead, () => undefined, never()).catch(() => ended.push('dead')),
      copier.copy(stage.step(stage.old), stage.access, () => undefined, never()).then(() => ended.push('alive')),
    ];
    await Promise.all(copies);
    expect(ended).toEqual(['alive', 'dead']);
    expect(await stage.isThere(stage.old)).toBe(true);
  });
});
