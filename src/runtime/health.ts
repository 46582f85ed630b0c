import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { portTaken } from '../domain/answers/port-taken.ts';

/**
 * How often Node looks for a stuck event loop, which its quantiles in /metrics begin with. Its default of 10 ms wakes an idle process a
 * hundred times a second, and costs it half a percent of a core.
 */
const LOOP_LOOK_MS = 100;

/** Serves /healthz (the process runs), /readyz (ready, or why not) and /metrics (`metrics` and Node's defaults). Throws `port-taken`. */
export async function serveHealth(
  at: { readonly host: string; readonly port: number },
  whyNotReady: () => string | null,
  metrics: Registry = new Registry(),
) {
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: LOOP_LOOK_MS });
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(({ status, type, body }) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
  });
  const text = (status: number, body: string) => ({ status, type: 'text/plain; charset=utf-8', body });
  const readiness = (why: string | null) => (why === null ? text(200, 'ready\n') : text(503, `not ready: ${why}\n`));
  async function answer(url: string) {
    if (url === '/healthz') return text(200, 'ok\n');
    if (url === '/readyz') return readiness(whyNotReady());
    if (url === '/metrics') return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
    return text(404, 'not found: /healthz, /readyz or /metrics\n');
  }
  await listening(server, at);
  return {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        // A monitor that sends half a request must not keep the process from ending.
        server.closeAllConnections();
      }),
  };
}

async function listening(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw portTaken(cause, 'health', { host, port }, 'health and metrics');
  }
}
