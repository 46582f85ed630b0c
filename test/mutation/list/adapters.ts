import type { Mutant } from '../mutant.ts';

const JOURNAL = ['test/adapters/journal/entries/journal.test.ts'];
const ROTATION = ['test/adapters/journal/entries/rotation.test.ts'];
const SEALS = ['test/adapters/journal/entries/seals.test.ts'];
const SIGNED = ['test/adapters/redis/record/signed-entries.test.ts'];
const HOLDS = ['test/adapters/redis/cards/holds.test.ts'];
const KNOWN_HOSTS = ['test/adapters/ssh/login/known-hosts.test.ts'];
const COPIER = ['test/adapters/ssh/copy/copier.test.ts'];
const KUBE = ['test/adapters/kube/kube.test.ts'];
const SALT = ['test/adapters/salt/salt.test.ts'];
const NODE = ['test/adapters/node/target-nodes.test.ts'];
const SENDER = ['test/adapters/otlp/sender.test.ts'];

/** What is believed of the outside: the journal, Redis, keys, nodes. */
export const ADAPTERS: readonly Mutant[] = [
  {
    name: 'a change that failed counts as a proof of its registries, after a restart of the worker',
    file: 'src/adapters/journal/entries/journal-index.ts',
    find: "if (event.type === 'done') for",
    replace: "if (event.type === 'failed') for",
    tests: ['test/adapters/journal/entries/seals.test.ts'],
  },
  {
    name: 'the history of a node is lost behind the changes of others',
    file: 'src/adapters/journal/entries/memory.ts',
    find: '!this.#isFound(events)',
    replace: 'false',
    tests: ['test/adapters/journal/entries/memory.test.ts'],
  },
  {
    name: 'a changed line of the journal is believed',
    file: 'src/adapters/journal/entries/verify.ts',
    find: 'line.prev !== last',
    replace: 'false',
    tests: JOURNAL,
  },
  {
    name: 'a missing line of the journal is overlooked',
    file: 'src/adapters/journal/entries/verify.ts',
    find: 'line.seq !== n',
    replace: 'false',
    tests: JOURNAL,
  },
  {
    name: 'a forged seal of the journal is believed',
    file: 'src/adapters/journal/entries/verify.ts',
    find: "verdict === 'forged'",
    replace: 'false',
    tests: SEALS,
  },
  {
    name: 'an approval that was used is forgotten with its old file',
    file: 'src/adapters/journal/entries/journal-index.ts',
    find: 'this.#used.add(nonce);\n      this.#seen',
    replace: 'this.#seen',
    tests: ROTATION,
  },
  {
    name: 'an approval that may be shown again is left behind with the old file',
    file: 'src/adapters/journal/entries/rotate.ts',
    find: 'Date.parse(expires) + NONCE_MARGIN_MS',
    replace: 'Date.parse(expires)',
    tests: ROTATION,
  },
  {
    name: 'a cancelled change that may be undone is left behind with the old file',
    file: 'src/adapters/journal/entries/rotate.ts',
    find: 'Date.parse(at) + OPEN_MARGIN_MS',
    replace: 'Date.parse(at)',
    tests: ROTATION,
  },
  {
    name: 'an approval counts as used before anything was started with it',
    file: 'src/adapters/journal/entries/journal-index.ts',
    find: "event.type === 'started' ? this.#approved.get(change) : undefined",
    replace: 'this.#approved.get(change)',
    tests: JOURNAL,
  },
  {
    name: 'an entry that nobody has signed is believed',
    file: 'src/adapters/redis/record/record-reader.ts',
    find: '!this.#proof.isProven(whole, signature)',
    replace: 'false',
    tests: SIGNED,
  },
  {
    name: 'an entry counts as checked because another one was at its place',
    file: 'src/adapters/redis/record/record-reader.ts',
    find: 'known?.text === text',
    replace: 'known !== undefined',
    tests: SIGNED,
  },
  {
    name: 'a bot’s key signs what only workers write',
    file: 'src/adapters/keys/entries.ts',
    find: 'AUTHORS.filter((author) => mayWrite(author, event))',
    replace: 'AUTHORS',
    tests: SIGNED,
  },
  {
    name: 'a signature in lenient base64 is taken',
    file: 'src/adapters/keys/signature.ts',
    find: " || bytes.toString('base64') !== signature",
    replace: '',
    tests: ['test/adapters/keys/keys.test.ts'],
  },
  {
    name: 'the host key of another node at the same address is taken',
    file: 'src/adapters/ssh/login/known-hosts.ts',
    find: '(node === null || node === place.node)',
    replace: 'true',
    tests: KNOWN_HOSTS,
  },
  {
    name: 'a login shell that prints is taken for a quiet one',
    file: 'src/adapters/node/login-fault.ts',
    find: 'result.stdout === PROOF_OUTPUT && ',
    replace: '',
    tests: NODE,
  },
  {
    name: 'a revoked host key is taken',
    file: 'src/adapters/ssh/login/known-hosts.ts',
    find: 'line.revoked && sameKey(line, shown)',
    replace: 'false',
    tests: KNOWN_HOSTS,
  },
  {
    name: 'any host key is taken where one is pinned',
    file: 'src/adapters/ssh/login/known-hosts.ts',
    find: 'pinned.some((line) => sameKey(line, shown))',
    replace: 'true',
    tests: KNOWN_HOSTS,
  },
  {
    name: 'a host key is trusted at another port',
    file: 'src/adapters/ssh/login/host-keys.ts',
    find: 'trust.port === port && ',
    replace: '',
    tests: KNOWN_HOSTS,
  },
  {
    name: 'a copy goes on from a part that is not the beginning of the archive',
    file: 'src/adapters/ssh/copy/copy-attempt.ts',
    find: 'there === here',
    replace: 'true',
    tests: COPIER,
  },
  {
    name: 'a copy that arrived damaged is put in its place',
    file: 'src/adapters/ssh/copy/copy-attempt.ts',
    find: 'there !== sha256',
    replace: 'false',
    tests: COPIER,
  },
  {
    name: 'an archive that was replaced on the bootstrap node is copied',
    file: 'src/adapters/ssh/copy/copy-attempt.ts',
    find: 'here.value !== sha256',
    replace: 'false',
    tests: COPIER,
  },
  {
    name: 'a copy takes another file at its path for its own',
    file: 'src/adapters/ssh/copy/copy-attempt.ts',
    find: 'if (seen.sha256 !== archive.sha256)',
    replace: 'if (false)',
    tests: COPIER,
  },
  {
    name: 'a copy runs other commands than were approved',
    file: 'src/adapters/ssh/copy/copier.ts',
    find: "runs.join('\\n') !== approved.join('\\n')",
    replace: 'false',
    tests: COPIER,
  },
  {
    name: 'a file of another digest counts as the archive that was proven',
    file: 'src/adapters/node/node-inspector.ts',
    find: 'return known.sha256 === wanted.sha256',
    replace: 'return true',
    tests: NODE,
  },
  {
    name: 'a file that was touched since counts as proven',
    file: 'src/adapters/node/node-inspector.ts',
    find: 'known?.identity === identity',
    replace: 'known !== undefined',
    tests: NODE,
  },
  {
    name: 'any pod with the label and the name counts as static',
    file: 'src/adapters/kube/facts.ts',
    find: "metadata.annotations['kubernetes.io/config.mirror'] !== undefined",
    replace: 'true',
    tests: KUBE,
  },
  {
    name: 'a Salt master on any node is taken',
    file: 'src/adapters/kube/facts.ts',
    find: 'bootstraps.includes(pod.spec.nodeName)',
    replace: 'true',
    tests: KUBE,
  },
  {
    name: 'a minion that tells no list counts as one that runs nothing',
    file: 'src/adapters/salt/jobs.ts',
    find: 'return told !== undefined;',
    replace: 'return true;',
    tests: SALT,
  },
  {
    name: 'a start that timed out is taken for no start',
    file: 'src/adapters/salt/classify.ts',
    find: 'TIMED_OUT.test(result.stdout + result.stderr)',
    replace: 'false',
    tests: SALT,
  },
  {
    name: 'spans wait without limit while the collector is away',
    file: 'src/adapters/otlp/sender.ts',
    find: 'this.#waiting.length - MOST_WAITING',
    replace: '0',
    tests: SENDER,
  },
  {
    name: 'a freeze in the name of another person is believed',
    file: 'src/adapters/redis/server/signed-text.ts',
    find: '!proof.isProven({ ...stored, ...about }, { key, signature })',
    replace: 'false',
    tests: HOLDS,
  },
  {
    name: 'a collector that hangs holds the end of the worker',
    file: 'src/adapters/otlp/sender.ts',
    find: 'Promise.race([this.#sendLast(), limit])',
    replace: 'this.#sendLast()',
    tests: SENDER,
  },
  {
    name: 'spans that come while the last ones leave are never sent',
    file: 'src/adapters/otlp/sender.ts',
    find: '      this.#begin();\n    });',
    replace: '    });',
    tests: SENDER,
  },
  {
    name: 'the doctor only says that Redis does not answer, where the Sentinels reject the login',
    file: 'src/adapters/redis/acl/redis-server.ts',
    find: 'isUnanswered && away !== undefined',
    replace: 'false',
    tests: ['test/adapters/redis/server/sentinel-login.test.ts'],
  },
  {
    name: 'the proof reads as fast as it can',
    file: 'src/runtime/worker/cluster.ts',
    find: 'config.verify.maxRate',
    replace: 'Number.POSITIVE_INFINITY',
    tests: ['test/runtime/worker/proof-rate.test.ts'],
  },
];
