import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { errorWords, PathRefused } from '../../files/path-refused.ts';
import { type Call, forEachPath, type Program, readWords, unknownOption } from '../program.ts';

/** sha256sum(1); the line of a name with a backslash or newline is escaped and begins with a backslash. */
export const sha256sum: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, ['-b']);
  if (wrong !== null) return unknownOption(call, wrong);
  return forEachPath(
    call,
    operands,
    (path) => path,
    async (path) => {
      const hex = await digestOf(call, path);
      const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
      await call.out(`${escaped === path ? '' : '\\'}${hex}  ${escaped}\n`);
    },
  );
};

/** openssl dgst -sha256 -r, with OpenSSL 1.1.1's messages. */
export const openssl: Program = async (call) => {
  if (call.reach.parts.isWithoutOpenssl(call.node)) return notFound(call);
  const [command, digest, form, path, ...more] = call.args;
  if (command !== 'dgst' || digest !== '-sha256' || form !== '-r' || path === undefined || more.length > 0) {
    await call.err(`Invalid command '${call.args.join(' ')}'; type "help" for a list.`);
    return 1;
  }
  try {
    await call.out(`${await digestOf(call, path)} *${path}\n`);
    return 0;
  } catch (refused) {
    await call.err(`${path}: ${errorWords(refused)}`);
    return 1;
  }
};

/** bash's message for an unknown program. */
export async function notFound(call: Pick<Call, 'program' | 'err'>): Promise<number> {
  await call.err(`bash: line 1: ${call.program}: command not found`);
  return 127;
}

async function digestOf(call: Call, path: string): Promise<string> {
  const { real, stats } = await call.files.find(call.user, path, 'read');
  if (stats?.isDirectory()) throw new PathRefused('EISDIR');
  const hash = createHash('sha256');
  for await (const piece of createReadStream(real, { highWaterMark: 1024 * 1024 })) hash.update(piece);
  return hash.digest('hex');
}
