import type { z } from 'zod';
import type { BlockIssue } from '../blocks/pointers.ts';
import type { Fields } from '../json.ts';
import type { Site } from '../site/site.ts';

/** The JSON body of a Web API answer. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly [field: string]: unknown;
}

/** One method of the Web API: which token and scopes it needs, and what it does. */
export interface ApiMethod {
  readonly token: 'bot' | 'app';
  readonly scopes: readonly string[];
  run(args: Fields, site: Site): Answer;
}

/** An error answer with Slack's error code. */
export const refuse = (error: string): Answer => ({ ok: false, error });

/** An error answer with details, as Block Kit errors have: `errors` plain, `messages` marked [ERROR]. */
export function refuseIssues(error: string, issues: readonly BlockIssue[]): Answer {
  const said = issues.map(({ pointer, says }) => `${says} [json-pointer:${pointer}]`);
  return { ok: false, error, errors: said, response_metadata: { messages: said.map((line) => `[ERROR] ${line}`) } };
}

/** Arguments that only the real Slack supports. They are rejected: ignoring them would be more lenient than Slack. */
const NOT_IMITATED = ['attachments', 'markdown_text', 'username', 'icon_emoji', 'icon_url', 'as_user', 'parse'];

/** Checks the arguments of a call, then runs it. */
export function withArgs<T>(schema: z.ZodType<T>, run: (args: T, site: Site) => Answer): ApiMethod['run'] {
  return (args, site) => {
    const strange = NOT_IMITATED.filter((name) => args[name] !== undefined);
    if (strange.length > 0) return refuseArguments(strange.map((name) => `not imitated by the sandbox: ${name}`));
    const parsed = schema.safeParse(args);
    if (parsed.success) return run(parsed.data, site);
    return refuseArguments(parsed.error.issues.map((issue) => `invalid or missing field: ${issue.path.join('.')}`));
  };
}

function refuseArguments(messages: readonly string[]): Answer {
  return {
    ok: false,
    error: 'invalid_arguments',
    response_metadata: { messages: messages.map((line) => `[ERROR] ${line}`) },
  };
}
