/** The login at Redis; without a user name, `default`. */
export interface RedisLogin {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Adds user and password to the URL; those in the URL take precedence. */
export function redisUrl(url: string, { username, password }: RedisLogin): string {
  if (username === undefined && password === undefined) return url;
  const full = new URL(url);
  if (full.username === '') full.username = encodeURIComponent(username ?? '');
  if (full.password === '') full.password = encodeURIComponent(password ?? '');
  return full.href;
}

/** The password in the URL; undefined when it has none. */
export function passwordIn(url: string): string | undefined {
  const { password } = URL.canParse(url) ? new URL(url) : { password: '' };
  if (password === '') return undefined;
  try {
    return decodeURIComponent(password);
  } catch {
    // The percent signs are part of the password, not an encoding.
    return password;
  }
}
