import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { type ApiAnswer, failure } from '../status.ts';
import { type ApiRequest, apiRequest } from './api-request.ts';
import { MASTERS } from './certificates.ts';
import { Rbac } from './rbac.ts';

/** The manifest that operators apply; the simulated API enforces it for the worker. */
const MANIFEST = join(import.meta.dirname, '../../../../deploy/registry-ha-worker-rbac.yaml');
/** The name of the salt-master pod in the manifest; operators replace it with their bootstrap node's. */
const POD_IN_MANIFEST = 'salt-master-bootstrap';

/** Access control: system:masters certificates of this cluster's CA may do everything; service account tokens follow their rules. */
export class Access {
  readonly #path: string;
  #rbac: Rbac;
  readonly #tokens: ReadonlyMap<string, string>;

  private constructor(path: string, rbac: Rbac) {
    this.#path = path;
    this.#rbac = rbac;
    this.#tokens = new Map(rbac.users.map((user) => [randomBytes(24).toString('base64url'), user]));
  }

  /** The access in a cluster where the operator has applied our manifest. */
  static async ofManifest(bootstrap: string, path = MANIFEST): Promise<Access> {
    return new Access(path, await rulesOf(bootstrap, path));
  }

  /** The operator applies the manifest again, with the name of another bootstrap node. Tokens stay. */
  async apply(bootstrap: string): Promise<void> {
    this.#rbac = await rulesOf(bootstrap, this.#path);
  }

  /** The token of the worker's service account. */
  get workerToken(): string {
    const [token] = this.#tokens.keys();
    if (token === undefined) throw new Error(`${MANIFEST} has no service account`);
    return token;
  }

  /** The refusal; null if the request is allowed. */
  refusalFor(request: IncomingMessage): ApiAnswer | null {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'https://api');
    const who = this.#whoAsks(request);
    if (who === null) return failure(401, 'Unauthorized', 'Unauthorized');
    if (who.mayAll || rightsFor(apiRequest(method, url)).every((one) => this.#rbac.allows(who.name, one))) return null;
    return failure(403, 'Forbidden', `User "${who.name}" cannot ${method.toLowerCase()} path "${url.pathname}"`, {});
  }

  /** What a SelfSubjectAccessReview answers: whether the asker may do this. Call it after `refusalFor`. */
  allows(request: IncomingMessage, asked: ApiRequest): boolean {
    const who = this.#whoAsks(request);
    return who !== null && (who.mayAll || this.#rbac.allows(who.name, asked));
  }

  #whoAsks(request: IncomingMessage): { readonly name: string; readonly mayAll: boolean } | null {
    const { socket } = request;
    const subject = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject : undefined;
    if (subject !== undefined) return { name: String(subject.CN), mayAll: subject.O === MASTERS };
    const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const name = this.#tokens.get(token);
    return name === undefined ? null : { name, mayAll: false };
  }
}

async function rulesOf(bootstrap: string, path: string): Promise<Rbac> {
  const text = await readFile(path, 'utf8');
  return Rbac.from(text.replaceAll(POD_IN_MANIFEST, `salt-master-${bootstrap}`));
}

/**
 * A WebSocket exec is a GET. Newer API servers also require `create` (feature gate
 * AuthorizePodWebsocketUpgradeCreatePermission), and so does this one.
 */
function rightsFor(asked: ApiRequest): readonly ApiRequest[] {
  return asked.is === 'resource' && asked.resource === 'pods/exec' ? [asked, { ...asked, verb: 'create' }] : [asked];
}
