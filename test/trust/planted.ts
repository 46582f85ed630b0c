import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Realistic secrets that are recognisable anywhere. */
export const PLANTED = {
  botToken: 'xoxb-404404404-505505505-PLANTEDbot',
  appToken: 'xapp-1-A404404-505505-PLANTEDapp',
  signingSecret: 'PLANTED0signing0secret0a1b2c3d4',
  redisPassword: 'PLANTED "redis" pass\\word/ä@%41',
  sentinelPassword: 'PLANTED sentinel pass',
  urlPassword: 'PLANTEDinURL',
  kubeToken: 'PLANTEDkubernetesTokenWithoutDots',
  jwt: `eyJhbGciOiJQTEFOVEVE.eyJzdWIiOiJQTEFOVEVE.PLANTEDsignature`,
  key: '-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTEDkeyLineOne\nPLANTEDkeyLineTwo\n-----END OPENSSH PRIVATE KEY-----',
} as const;

/** The places of planted secrets in a text, with context. */
export function leaks(text: string): readonly string[] {
  return [...text.matchAll(/PLANTED/g)].map(({ index }) => text.slice(Math.max(0, index - 80), index + 40));
}

/** Every file below a folder, with its text. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}
