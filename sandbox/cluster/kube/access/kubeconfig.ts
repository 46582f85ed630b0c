import { dump } from 'js-yaml';
import type { Credential } from './certificates.ts';

/** The text of /etc/kubernetes/admin.conf: everything inline, full verification. */
export function kubeconfig(cluster: string, server: string, caCert: string, admin: Credential): string {
  const user = { 'client-certificate-data': base64(admin.cert), 'client-key-data': base64(admin.key) };
  return written({ cluster, server, caCert }, 'kubernetes-admin', user);
}

/** A service account's kubeconfig, built as our manifest's comment explains. */
export function kubeconfigByToken(cluster: string, server: string, caCert: string, token: string): string {
  return written({ cluster, server, caCert }, 'registry-ha-worker', { token });
}

function written(
  { cluster, server, caCert }: { readonly cluster: string; readonly server: string; readonly caCert: string },
  user: string,
  credentials: Readonly<Record<string, string>>,
): string {
  const name = `${user}@${cluster}`;
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': base64(caCert) } }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name, context: { cluster, user } }],
    'current-context': name,
    preferences: {},
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
