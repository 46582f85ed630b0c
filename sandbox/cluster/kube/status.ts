import type { Json, JsonObject } from '../salt/json.ts';

/** One HTTP answer of the API server. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: Json;
  /** Plain text, for paths outside every API group. */
  readonly isText?: boolean;
}

/** A metav1.Status of a failure. */
export function failure(code: number, reason: string, message: string, details?: JsonObject): ApiAnswer {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
  return { code, body: { ...status, ...(details === undefined ? {} : { details }), code } };
}

/** A missing object of a known kind. */
export function notFound(resource: string, name: string): ApiAnswer {
  return failure(404, 'NotFound', `${resource} "${name}" not found`, { name, kind: resource });
}

/** A resource that this API server does not know. */
export function noResource(): ApiAnswer {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** A path outside every API group. */
export function noPage(): ApiAnswer {
  return { code: 404, body: '404 page not found\n', isText: true };
}

/** The status that ends an exec session, on channel 3. */
export function exitStatus(exitCode: number): JsonObject {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** The status of a session that the container runtime failed. */
export function internalError(message: string): JsonObject {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  };
}
