import { readFile } from 'node:fs/promises';
import type { User } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Expiring } from '../../domain/answers/expiry.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { expiriesIn } from '../files/certificates.ts';
import { loadKubeconfig } from './kubeconfig.ts';

/** When the client certificate and the token of a kubeconfig expire. A token file is renewed by others, and is left out. Throws Unreachable. */
export async function kubeconfigExpiry(path: string): Promise<readonly Expiring[]> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const [config, asWritten] = [new KubeConfig(), new KubeConfig()];
  await loadKubeconfig(config, path);
  // Without the token of a token file.
  asWritten.loadFromFile(path);
  const user = config.getCurrentUser();
  if (user === null) return [];
  const [certificate] = expiriesIn(await certificateOf(user));
  const token = tokenExpires(asWritten.getCurrentUser()?.token ?? '');
  return [
    ...(certificate === undefined
      ? []
      : [{ part: 'kubernetes-client', what: `The client certificate of ${path}`, at: certificate } as const]),
    ...(token === null ? [] : [{ part: 'kubernetes-token', what: `The token of ${path}`, at: token } as const]),
  ];
}

async function certificateOf({ certData, certFile }: User): Promise<string> {
  if (certData !== undefined) return Buffer.from(certData, 'base64').toString('utf8');
  return certFile === undefined ? '' : await readFile(certFile, 'utf8');
}

/** RFC 7519, section 4.1.4. */
const claims = z.object({ exp: z.number() });

/** Null for a token that does not say it, as that of a Secret does not. */
function tokenExpires(token: string): Date | null {
  const said = claims.safeParse(jsonIn(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
  return said.success ? new Date(said.data.exp * 1000) : null;
}
