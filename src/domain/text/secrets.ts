const HIDDEN = '[hidden]';

/** Secrets in plain text or JSON. Most repetitions are limited, so that foreign text cannot make the search slow. */
const PATTERNS: readonly RegExp[] = [
  // Slack tokens and socket tickets.
  /xox[a-z](?:\.[a-z]{1,8})?-[\w-]+|xapp-[\w-]+|(?<=\bticket=)[^&\s"'\\]+/g,
  // A password in a URL, up to the last @, because it is often not escaped.
  /(?<=:\/\/[^\s:/@"]{0,64}:)[^\s"]{1,256}(?=@)/g,
  /-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,20}PRIVATE KEY-----|$)/g,
  // JSON Web Tokens of service accounts, and bearer tokens of HTTP headers.
  /\beyJ[\w-]{8,512}\.[\w-]{8,8192}\.[\w-]*/g,
  /(?<=\bBearer )[^\s"'\\]{6,}/gi,
  // `token: …`, `password=…` in configuration files and command lines.
  /(?<=(?:password|passwd|token|secret|client-key-data)\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?)[^\s"',;&}\\]{8,}/gi,
];

/** The text with everything that looks like a secret replaced. */
export function withoutSecrets(text: string): string {
  return PATTERNS.reduce((left, pattern) => left.replaceAll(pattern, HIDDEN), text);
}

/** Also replaces these secrets, in plain, JSON and URL form; not those under 6 characters, which would match ordinary text. */
export function withoutThese(text: string, secrets: readonly (string | undefined)[]): string {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 6);
  const forms = known.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  return forms.reduce((left, form) => left.replaceAll(form, HIDDEN), withoutSecrets(text));
}
