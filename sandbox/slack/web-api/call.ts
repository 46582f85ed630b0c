import type { Fields } from '../json.ts';
import type { Site } from '../site/site.ts';
import { type Answer, type ApiMethod, refuse } from './answer.ts';
import { METHODS } from './methods.ts';

export interface ApiCall {
  readonly method: string;
  readonly token: string | undefined;
  readonly args: Fields;
}

/** The HTTP result of a call. */
export type ApiOutcome =
  | { readonly is: 'answered'; readonly answer: Answer }
  | { readonly is: 'rate-limited'; readonly seconds: number }
  | { readonly is: 'unavailable' }
  | { readonly is: 'hanging'; readonly until: AbortSignal };

/** The name of an upload among calls and faults; the old method of this name is gone. */
export const UPLOAD = 'files.upload';

/** Scopes of the app-level token; the manifest does not list them. */
const APP_SCOPES = ['connections:write'];

/** Checks faults, token, rate limit and scopes in Slack's order, then runs the call. */
export function runCall(call: ApiCall, site: Site): ApiOutcome {
  const fault = site.faults.forCall(call.method);
  switch (fault.is) {
    case 'rate-limited':
      return fault;
    case 'unavailable':
      return fault;
    case 'hanging':
      if (fault.afterRun) answerTo(call, site);
      return { is: 'hanging', until: fault.until };
    case 'none':
      return answerTo(call, site);
  }
}

/** The result that a fault gives an upload; undefined without one. The address counts as the method `files.upload`. */
export function uploadFault(site: Site): ApiOutcome | undefined {
  const fault = site.faults.forCall(UPLOAD);
  switch (fault.is) {
    case 'none':
      return undefined;
    case 'hanging':
      return { is: 'hanging', until: fault.until };
    default:
      return fault;
  }
}

/** The scopes of this call's token. */
export function scopesOf(token: string | undefined, { credentials, workspace }: Site): readonly string[] {
  if (token === credentials.botToken) return workspace.manifest.scopes;
  return token === credentials.appToken ? APP_SCOPES : [];
}

function answerTo(call: ApiCall, site: Site): ApiOutcome {
  const method = METHODS.get(call.method);
  if (method === undefined) return answered(refuse('unknown_method'));
  const refusal = tokenRefusal(call.token, method, site);
  if (refusal !== undefined) return answered(refusal);
  const seconds = site.limits.take(call.method, String(call.args.channel));
  if (seconds > 0) return { is: 'rate-limited', seconds };
  return answered(scopeRefusal(call.token, method, site) ?? method.run(call.args, site));
}

function tokenRefusal(token: string | undefined, method: ApiMethod, site: Site): Answer | undefined {
  const { botToken, appToken } = site.credentials;
  if (token === undefined || token === '') return refuse('not_authed');
  if (site.faults.has('slack-revoked') || (token !== botToken && token !== appToken)) return refuse('invalid_auth');
  return token === (method.token === 'bot' ? botToken : appToken) ? undefined : refuse('not_allowed_token_type');
}

function scopeRefusal(token: string | undefined, method: ApiMethod, site: Site): Answer | undefined {
  const provided = scopesOf(token, site);
  const missing = method.scopes.filter((scope) => !provided.includes(scope));
  if (missing.length === 0) return undefined;
  return { ok: false, error: 'missing_scope', needed: missing.join(','), provided: provided.join(',') };
}

const answered = (answer: Answer): ApiOutcome => ({ is: 'answered', answer });
