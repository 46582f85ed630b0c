import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';

const PATH = join(import.meta.dirname, '../../deploy/compose.yaml');

const words = z.array(z.string()).default([]);

/** Everything that the file may say of a service: a key more would be one that no test honours. */
const ComposeService = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  restart: z.literal('unless-stopped'),
  depends_on: z.unknown().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal('CMD-SHELL'), z.string()]),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number(),
    })
    .optional(),
  read_only: z.boolean().default(false),
  tmpfs: words,
  cap_drop: words,
  security_opt: words,
  ports: words,
  environment: z.record(z.string(), z.string()).default({}),
  volumes: words,
});
const ComposeFile = z.object({ services: z.record(z.string(), ComposeService) });

/** A service in the words of podman. */
export interface PodmanWords {
  /** Without network and image. */
  readonly options: readonly string[];
  readonly command: readonly string[];
}

/** A service of compose.yaml, whose folder `.` is this one. Throws if the file has no such service, or says more than is read here. */
export function serviceOf(name: string, folder: string): PodmanWords {
  const service = ComposeFile.parse(load(readFileSync(PATH, 'utf8'))).services[name];
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}.`);
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  const { entrypoint, healthcheck } = service;
  return {
    options: [
      ...(service.read_only ? ['--read-only'] : []),
      ...each('--tmpfs', service.tmpfs),
      ...each('--cap-drop', service.cap_drop),
      ...each('--security-opt', service.security_opt),
      ...each(
        '--env',
        Object.entries(service.environment).map(([key, value]) => `${key}=${value}`),
      ),
      ...each(
        '--volume',
        service.volumes.map((volume) => (volume.startsWith('./') ? join(folder, volume) : volume)),
      ),
      // Compose writes a dollar sign twice.
      ...(entrypoint === undefined ? [] : ['--entrypoint', JSON.stringify(entrypoint).replaceAll('$$', '$')]),
      // The test asks for the health itself.
      ...(healthcheck === undefined ? [] : ['--health-cmd', healthcheck.test[1], '--health-interval', 'disable']),
    ],
    command: service.command,
  };
}
