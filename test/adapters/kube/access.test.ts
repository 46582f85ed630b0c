import { describe, expect, test } from 'vitest';
import { accessOf } from '../../../src/adapters/kube/access.ts';

const PREFIX = 'metalk8s.scality.com/ssh-';
const KEY = '/etc/metalk8s/pki/salt-bootstrap';
const said = (words: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(words).map(([name, value]) => [PREFIX + name, value]));

describe('SSH access to a node', () => {
  test.each([
    ['no annotations', {}, { host: '10.0.0.2', port: 22, user: 'root', keyPath: KEY, sudo: false }],
    ['host', { host: 'node-2.lan' }, { host: 'node-2.lan' }],
    ['port', { port: '2222' }, { port: 2222 }],
    ['a port that is none', { port: 'ssh' }, { port: 22 }],
    ['a port that is too large', { port: '70000' }, { port: 22 }],
    ['user', { user: 'centos' }, { user: 'centos' }],
    ['a blank user', { user: ' ' }, { user: 'root' }],
    ['sudo "true"', { sudo: 'true' }, { sudo: true }],
    ['sudo "false", which the roster takes for yes', { sudo: 'false' }, { sudo: false }],
    ['sudo "True"', { sudo: 'True' }, { sudo: false }],
    ['a relative key', { 'key-path': 'bastion' }, { keyPath: '/etc/metalk8s/pki/bastion' }],
    ['an absolute key', { 'key-path': '/root/.ssh/id' }, { keyPath: '/root/.ssh/id' }],
  ])('reads the annotations: %s', (_, annotations, wanted) => {
    expect(accessOf('node-2', '10.0.0.2', said(annotations))).toMatchObject({ node: 'node-2', ...wanted });
  });

  test('uses the name of a node without an address', () => {
    expect(accessOf('node-2', null, {}).host).toBe('node-2');
  });
});
