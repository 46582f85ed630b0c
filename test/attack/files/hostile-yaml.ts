/** A hostile YAML text with its description. */
export interface HostileYaml {
  readonly name: string;
  readonly what: string;
  readonly text: string | Buffer;
}

const LARGE = 50 * 1024 * 1024;
const DEEP = 20_000;
const LAUGHS = 12;

/** Texts that no configuration file may contain. */
export const HOSTILE_YAML: readonly HostileYaml[] = [
  { name: 'bomb', what: 'nested aliases that expand to billions of words', text: bomb() },
  { name: 'merge-bomb', what: 'nested merge keys', text: mergeBomb() },
  { name: 'aliases', what: 'a thousand aliases', text: `a: &a [x]\nb: [${'*a,'.repeat(1000)}]\n` },
  { name: 'circle', what: 'a list that contains itself', text: 'archives: &a [*a]\nkind: *a\n' },
  {
    name: 'js-tag',
    what: 'a tag that used to run code',
    text: 'archives: !!js/function "function () { process.exit() }"\n',
  },
  {
    name: 'python-tag',
    what: 'a tag that PyYAML used to run',
    text: 'archives: !!python/object/apply:os.system ["reboot"]\n',
  },
  { name: 'own-tag', what: 'an unknown tag', text: 'archives: !evil [a]\n' },
  {
    name: '__proto__',
    what: 'a key named __proto__',
    text: '__proto__: {kind: BootstrapConfiguration, isAdmin: true}\n',
  },
  { name: 'deep', what: 'twenty thousand brackets', text: `a: ${'['.repeat(DEEP)}${']'.repeat(DEEP)}\n` },
  { name: '50-MB', what: 'fifty megabytes', text: Buffer.alloc(LARGE, 'a: b\n') },
  { name: 'binary', what: 'binary data', text: Buffer.from([0, 1, 2, 0xff, 0xfe, 0xc0, 0x80]) },
  { name: 'twice', what: 'the same key twice', text: 'archives: [/a]\narchives: [/b]\n' },
  { name: 'two-documents', what: 'two documents in one file', text: 'archives: [/a]\n---\narchives: [/b]\n' },
  { name: 'list', what: 'a list instead of keys', text: '- a\n- b\n' },
  { name: 'nothing', what: 'an empty file', text: '' },
];

function bomb(): string {
  const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
  for (let n = 1; n <= LAUGHS; n += 1) lines.push(`a${n}: &a${n} [${`*a${n - 1}, `.repeat(10)}]`);
  return `${lines.join('\n')}\narchives: *a${LAUGHS}\n`;
}

function mergeBomb(): string {
  const lines = [`m0: &m0 {${Array.from({ length: 100 }, (_, n) => `k${n}: 1`).join(', ')}}`];
  for (let n = 1; n <= 100; n += 1) lines.push(`m${n}: &m${n} {<<: [${`*m${n - 1}, `.repeat(100)}]}`);
  return `${lines.join('\n')}\n`;
}
