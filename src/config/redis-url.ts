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

/** Why this address cannot be used; null if it can. Never contains the address, which may have a password. */
export function whatIsWrongWith(url: string): string | null {
  if (!/^rediss?:\/\//.test(url)) return null;
  if (!URL.canParse(url)) return 'write it as redis://host:port, with an IPv6 address in brackets: redis://[::1]:6379';
  if (/^\/?\d*$/.test(new URL(url).pathname)) return null;
  return 'write nothing after the port, or the number of a database: redis://host:port/0';
}
