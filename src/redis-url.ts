/** The URL with the password that came as a secret; a URL that has one already keeps it. */
export function redisUrl(url: string, password: string | undefined): string {
  if (password === undefined) return url;
  const full = new URL(url);
  if (full.password === '') full.password = encodeURIComponent(password);
  return full.href;
}
