import { codeOf } from '../text/error-code.ts';
import { PlainFailure } from './failure.ts';

/** Why a port cannot be served, by Node's codes. */
const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this computer has no such address',
  EACCES: 'only root may listen on a port below 1024',
};

/** The failure of a server that cannot listen; `setting` is the section of the configuration with `host` and `port`. */
export function portTaken(
  cause: unknown,
  setting: string,
  { host, port }: { readonly host: string; readonly port: number },
  purpose: string,
): PlainFailure {
  const why = WHY[codeOf(cause)] ?? `it failed (${codeOf(cause)})`;
  return new PlainFailure(
    'port-taken',
    {
      where: `${setting} (${host}:${port})`,
      what: `The port for ${purpose} cannot be opened: ${why}.`,
      next: `Set another \`${setting}.port\` or \`${setting}.host\` in the configuration, or stop the other program.`,
    },
    { cause },
  );
}
