import { describe, expect, test } from 'vitest';
import { bootstrapFile, solutionsFile } from '../../../../src/adapters/bootstrap/node/config-files.ts';
import { parseYaml } from '../../../../src/adapters/bootstrap/node/yaml-file.ts';

const BOOTSTRAP = '/etc/metalk8s/bootstrap.yaml';
const SOLUTIONS = '/etc/metalk8s/solutions.yaml';
const bootstrap = (text: string) => bootstrapFile(parseYaml(text, BOOTSTRAP), BOOTSTRAP);
const solutions = (text: string) => solutionsFile(parseYaml(text, SOLUTIONS), SOLUTIONS);

const KIND = 'kind: BootstrapConfiguration\n';
const V3 = 'apiVersion: metalk8s.scality.com/v1alpha3\n';
const good = (...archives: readonly string[]) => ({ is: 'good', archives });
const literally = (word: string) => word.replace(/[[\]().*+?]/g, '\\$&');
const wrong = (...words: readonly string[]) => ({
  is: 'unreadable',
  says: expect.stringMatching(new RegExp(words.map(literally).join('.*'), 's')),
});

describe('bootstrap.yaml', () => {
  const V2_WHOLE = `apiVersion: metalk8s.scality.com/v1alpha2
kind: BootstrapConfiguration
networks: {controlPlane: 10.200.3.0/24, workloadPlane: 10.200.3.0/24}
ca: {minion: bootstrap}
archives: /root/metalk8s.iso
`;
  test.each([
    ['v1alpha2 with one archive as text', V2_WHOLE, good('/root/metalk8s.iso')],
    ['v1alpha3 with a list', `${V3}${KIND}archives:\n  - /a.iso\n  - /b.iso\n`, good('/a.iso', '/b.iso')],
    ['an alias, as Salt allows', `x: &p /a.iso\n${V3}${KIND}archives: [*p]`, good('/a.iso')],
    ['an empty list', `${V3}${KIND}archives: []`, good()],
    [
      'v1alpha1',
      `apiVersion: metalk8s.scality.com/v1alpha1\n${KIND}products: {}`,
      wrong(BOOTSTRAP, '`apiVersion`', 'v1alpha2'),
    ],
    ['another kind', `${V3}kind: Secret\narchives: []`, wrong('`kind`: must be BootstrapConfiguration')],
    ['no kind', `${V3}archives: []`, wrong('`kind`')],
    ['no archives', `${V3}${KIND}`, wrong('`archives`: must be a path or a list of paths')],
    ['archives: null', `${V3}${KIND}archives:`, wrong('`archives`')],
    ['a number', `${V3}${KIND}archives: 5`, wrong('`archives`')],
    [
      'a list with a mapping',
      `${V3}${KIND}archives: [/a.iso, {iso: /b.iso}]`,
      wrong('`archives[1]`: must be the path of an archive'),
    ],
    ['an empty path', `${V3}${KIND}archives: ['']`, wrong('`archives[0]`')],
    ['two mistakes', 'kind: x\napiVersion: y\narchives: []', wrong('`kind`', '`apiVersion`')],
    ['only text', 'hello', wrong('has no keys')],
    ['broken YAML', `${V3}archives: [`, wrong(BOOTSTRAP, 'is not valid YAML, line 2')],
    [
      'a key twice',
      `${V3}${V3}`,
      wrong(', line 2: a key is there twice. Salt would use the last one only, and ignore the other.'),
    ],
    ['nothing', '', wrong('is not valid YAML')],
    ['hundreds of aliases', `x: &p /a.iso\ny: [${'*p, '.repeat(500)}]\n${V3}${KIND}archives: [*p]`, good('/a.iso')],
    ['a bomb of aliases', `a: &a [${'x,'.repeat(9_000)}]\nb: [${'*a, '.repeat(900)}]`, wrong(BOOTSTRAP, 'aliases')],
  ])('gives the archives, or names the mistake: %s', (_, text, wanted) => {
    expect(bootstrap(text)).toEqual(wanted);
  });

  test('names a missing file', () => {
    expect(bootstrapFile({ is: 'absent' }, BOOTSTRAP)).toEqual({
      is: 'unreadable',
      says: `${BOOTSTRAP} does not exist.`,
    });
  });
});

describe('solutions.yaml', () => {
  const LONG = 'apiVersion: solutions.metalk8s.scality.com/v1alpha1\n';
  const SHORT = 'apiVersion: metalk8s.scality.com/v1alpha1\n';
  const SOL = 'kind: SolutionsConfiguration\n';
  test.each([
    ['as solutions.sh writes it', `active:\n  example: 0.1.0\n${LONG}archives:\n- /s.iso\n${SOL}`, good('/s.iso')],
    ['without archives', `${LONG}${SOL}`, good()],
    ['archives: null', `${LONG}${SOL}archives: null\n`, good()],
    [
      'the spelling of the documentation',
      `${SHORT}${SOL}archives: [/s.iso]`,
      { is: 'refused-by-salt', apiVersion: 'metalk8s.scality.com/v1alpha1', archives: ['/s.iso'] },
    ],
    [
      'a version of the future',
      `apiVersion: solutions.metalk8s.scality.com/v2\n${SOL}`,
      { is: 'refused-by-salt', apiVersion: 'solutions.metalk8s.scality.com/v2', archives: [] },
    ],
    ['another kind', `${LONG}kind: Solution\n`, wrong(SOLUTIONS, '`kind`')],
    ['archives as text', `${LONG}${SOL}archives: /s.iso`, wrong('`archives`: must be a list of paths')],
    ['a wrong item', `${LONG}${SOL}archives: [/s.iso, 7]`, wrong('`archives[1]`')],
    ['no version', SOL, wrong('`apiVersion`')],
  ])('gives the solutions, or names the mistake: %s', (_, text, wanted) => {
    expect(solutions(text)).toEqual(wanted);
  });

  test('may be absent', () => {
    expect(solutionsFile({ is: 'absent' }, SOLUTIONS)).toEqual({ is: 'absent' });
  });
});
