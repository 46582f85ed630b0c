import { PassThrough, type Readable } from 'node:stream';
import { Exec, KubeConfig, type V1Status } from '@kubernetes/client-node';

/** What an exec session received until its socket closed. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: V1Status | null;
}

/** The exec target; default: the salt-master container of the bootstrap. */
export interface ExecWhere {
  readonly pod?: string;
  readonly container?: string;
  readonly stdin?: Readable;
}

/** Runs a command with the real client until its socket closes. */
export async function exec(
  kubeconfig: string,
  argv: readonly string[],
  { pod = 'salt-master-bootstrap', container = 'salt-master', stdin }: ExecWhere = {},
): Promise<Ended> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const out = collector();
  const err = collector();
  let status: V1Status | null = null;
  const socket = await new Exec(config).exec(
    'kube-system',
    pod,
    container,
    [...argv],
    out.stream,
    err.stream,
    stdin ?? null,
    false,
    (one) => {
      status = one;
    },
  );
  await new Promise<void>((resolve) => {
    socket.onclose = () => resolve();
  });
  return { stdout: out.text(), stderr: err.text(), status };
}

/** The exit code in a failure status. */
export function exitCodeOf(status: V1Status | null): string | undefined {
  return status?.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
}

function collector(): { readonly stream: PassThrough; text(): string } {
  const parts: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (part: Buffer) => parts.push(part));
  return { stream, text: () => Buffer.concat(parts).toString() };
}
