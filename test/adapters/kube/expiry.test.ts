import { X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { Registry } from 'prom-client';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../../sandbox/cluster/kube/access/certificates.ts';
import { kubeconfig, kubeconfigByToken } from '../../../sandbox/cluster/kube/access/kubeconfig.ts';
import { kubeconfigExpiry } from '../../../src/adapters/kube/expiry.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { expiryMetrics, redisFilesExpiry, redisServerExpiry } from '../../../src/runtime/expiry.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-expiry-'));
afterAll(() => removeFolder(folder));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const END = 1_800_000_000;
const jwt = ['{}', JSON.stringify({ exp: END }), 'x'].map((text) => Buffer.from(text).toString('base64url')).join('.');
const SERVER = 'https://127.0.0.1:6443';

describe('what expires', () => {
  it('of a kubeconfig is its client certificate, as it is in the file now, or its token', async () => {
    const ca = await makeAuthority();
    const admin = await ca.client('kubernetes-admin', 'system:masters');
    const path = file('admin.conf', kubeconfig('lab', SERVER, ca.cert, admin));
    const at = new Date(new X509Certificate(admin.cert).validTo);
    expect(await kubeconfigExpiry(path)).toEqual([
      { part: 'kubernetes-client', what: `The client certificate of ${path}`, at },
    ]);
    file('admin.conf', kubeconfigByToken('lab', SERVER, ca.cert, jwt));
    expect(await kubeconfigExpiry(path)).toEqual([
      { part: 'kubernetes-token', what: `The token of ${path}`, at: new Date(END * 1000) },
    ]);
  });

  it('of a kubeconfig is nothing for a token without an end, and for a token file, which others renew', async () => {
    const ca = await makeAuthority();
    expect(await kubeconfigExpiry(file('kubeconfig', kubeconfigByToken('lab', SERVER, ca.cert, 'secret')))).toEqual([]);
    file('token', jwt);
    const byFile = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server: SERVER } }],
      users: [{ name: 'u', user: { tokenFile: 'token' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    };
    expect(await kubeconfigExpiry(file('kubeconfig', dump(byFile)))).toEqual([]);
    await expect(kubeconfigExpiry(join(folder, 'none'))).rejects.toThrow(Unreachable);
  });

  it('of Redis is a metric, read again at each look; of two authorities the later one counts, and an unreadable file has no line', async () => {
    const [old, ca] = [await makeAuthority(), await makeAuthority()];
    const { cert } = await ca.client('bot', 'x');
    const tls = { ca: file('ca.crt', `${old.cert}\n${ca.cert}`), cert: file('bot.crt', cert), key: '/none' };
    const register = new Registry();
    const now = new Date();
    const shown = new Date(now.getTime() - 5_000);
    const looks = [() => redisFilesExpiry({ tls }), async () => redisServerExpiry(shown)];
    expiryMetrics(register, looks, () => now);
    const secondsOf = (pem: string) => (Date.parse(new X509Certificate(pem).validTo) - now.getTime()) / 1000;
    const samples = async () => (await register.metrics()).split('\n').filter((line) => /^registry_ha_/.test(line));
    const later = Math.max(secondsOf(old.cert), secondsOf(ca.cert));
    expect(await samples()).toEqual([
      `registry_ha_expires_seconds{part="redis-authority"} ${later}`,
      `registry_ha_expires_seconds{part="redis-client"} ${secondsOf(cert)}`,
      'registry_ha_expires_seconds{part="redis-server"} -5',
    ]);
    await removeFolder(folder);
    expect(await samples()).toEqual(['registry_ha_expires_seconds{part="redis-server"} -5']);
  });
});
