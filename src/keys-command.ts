import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyPair } from './adapters/keys/pair.ts';

/** Writes a new pair of keys and gives the exit code; keys that are there already are never overwritten. */
export async function writeNewKeys(verb: string, folder: string, print: (line: string) => void): Promise<number> {
  if (verb !== 'new') {
    print(`registry-ha keys ${verb}: there is only \`registry-ha keys new --folder FOLDER\`.`);
    return 2;
  }
  const { privateKeyPem, publicKeyPem, name } = newKeyPair();
  const [privatePath, publicPath] = [join(folder, 'approval.key'), join(folder, 'approval.pub')];
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(privatePath, privateKeyPem, { mode: 0o600, flag: 'wx' });
    await writeFile(publicPath, publicKeyPem, { mode: 0o644, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    print(`There is a key in ${folder} already, and it was left alone. Name another folder, or move it away.`);
    return 1;
  }
  print(`Key ${name}: ${privatePath} for the bot (keep it secret), ${publicPath} for the worker's trustedKeys.`);
  return 0;
}
