/** Who logs in to Redis; left out: `default`, or nobody where no password is asked for. */
export interface RedisLogin {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** The URL with the user and password that came apart from it; what the URL has already stays. */
export function redisUrl(url: string, { username, password }: RedisLogin): string {
  if (username === undefined && password === undefined) return url;
  const full = new URL(url);
  if (full.username === '') full.username = encodeURIComponent(username ?? '');
  if (full.password === '') full.password = encodeURIComponent(password ?? '');
  return full.href;
}

/** The password that stands in the URL itself. */
export function passwordIn(url: string): string | undefined {
  const { password } = URL.canParse(url) ? new URL(url) : { password: '' };
  if (password === '') return undefined;
  try {
    return decodeURIComponent(password);
  } catch {
    // Not the percent signs of an encoding: then they are the password's own.
    return password;
  }
}
