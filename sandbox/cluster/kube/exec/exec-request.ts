import type { World } from '../../world.ts';
import { podsOf } from '../objects/pods.ts';
import { type ApiAnswer, failure, notFound } from '../status.ts';

/** A valid exec request. */
export interface ExecRequest {
  readonly node: string;
  readonly container: string;
  readonly argv: readonly string[];
  readonly hasStdin: boolean;
  readonly hasStdout: boolean;
  readonly hasStderr: boolean;
}

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/;

/** Whether this is the path of an exec subresource. */
export function isExecPath(path: string): boolean {
  return PATH.test(path);
}

/** Checks pod, container and command in the same order as the API server and kubelet. */
export async function readExecRequest(world: World, url: URL): Promise<ExecRequest | ApiAnswer> {
  const [, namespace = '', name = ''] = PATH.exec(url.pathname) ?? [];
  const pod = namespace === 'kube-system' ? (await podsOf(world)).find((one) => one.name === name) : undefined;
  if (pod === undefined) return notFound('pods', name);
  const names = Object.keys(pod.containers);
  const container = url.searchParams.get('container') ?? (names.length === 1 ? names[0] : undefined);
  if (container === undefined || container === '') {
    return badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  const isRunning = pod.containers[container];
  if (isRunning === undefined) return badRequest(`container ${container} is not valid for pod ${name}`);
  const argv = url.searchParams.getAll('command');
  if (argv.length === 0) return badRequest('you must specify at least 1 command for the container');
  if (!isRunning)
    return failure(500, 'InternalError', `unable to upgrade connection: container not found ("${container}")`);
  const asks = (stream: string) => url.searchParams.get(stream) === 'true' || url.searchParams.get(stream) === '1';
  if (!asks('stdin') && !asks('stdout') && !asks('stderr')) {
    return badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  const streams = { hasStdin: asks('stdin'), hasStdout: asks('stdout'), hasStderr: asks('stderr') };
  return { node: pod.node, container, argv, ...streams };
}

function badRequest(message: string): ApiAnswer {
  return failure(400, 'BadRequest', message);
}
