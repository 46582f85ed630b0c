import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Serves /healthz (the process runs), /readyz (ready, or why not) and /metrics (`metrics` and Node's defaults). */
export async function serveHealth(
  at: { readonly host: string; readonly port: number },
  whyNotReady: () => string | null,
  metrics: Registry = new Registry(),
) {
  collectDefaultMetrics({ register: metrics });
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
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at.port, at.host, resolve));
  return {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        // A monitor that sends half a request must not keep the process from ending.
        server.closeAllConnections();
      }),
  };
}
