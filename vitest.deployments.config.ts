import { defineConfig } from 'vitest/config';

/** `npm run test:deployments`. It plays whole changes with several ways to run Redis, so it is no part of `npm test`. */
export default defineConfig({
  test: { include: ['test/deployments/*.deployment.ts'], testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 1 },
});
