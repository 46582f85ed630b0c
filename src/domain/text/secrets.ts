const HIDDEN = '[hidden]';

/**
 * What looks like a secret wherever it stands, in plain text or inside of JSON. Every repetition has a limit, because whoever writes the
 * text must not decide how long the search takes.
 */
const LOOKS: readonly RegExp[] = [
  // Slack's tokens, and the tickets of its sockets.
  /xox[a-z](?:\.[a-z]{1,8})?-[\w-]+|xapp-[\w-]+|(?<=\bticket=)[^&\s"'\\]+/g,
  // A password in a URL, up to its last @: nobody escapes it as he should.
  /(?<=:\/\/[^\s:/@"]{0,64}:)[^\s"]{1,256}(?=@)/g,
  /-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,20}PRIVATE KEY-----|$)/g,
  // JSON Web Tokens, as service accounts have them, and whatever an HTTP header carries.
  /\beyJ[\w-]{8,512}\.[\w-]{8,8192}\.[\w-]*/g,
  /(?<=\bBearer )[^\s"'\\]{6,}/gi,
  // `token: …`, `password=…`, as configuration files and command lines write them.
  /(?<=(?:password|passwd|token|secret|client-key-data)\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?)[^\s"',;&}\\]{8,}/gi,
];

/** The text with everything replaced that looks like a secret. */
export function withoutSecrets(text: string): string {
  return LOOKS.reduce((left, look) => left.replaceAll(look, HIDDEN), text);
}

/** The text without these very words as well; each in its plain form, in JSON and in a URL. Short ones would hide half the text. */
export function withoutThese(text: string, secrets: readonly (string | undefined)[]): string {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 6);
  const forms = known.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  return forms.reduce((left, form) => left.replaceAll(form, HIDDEN), withoutSecrets(text));
}
