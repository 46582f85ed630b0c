import { defineConfig } from 'vitest/config';

/** `npm run test:upgrade`. It builds a former version, and starts processes often, so it is no part of `npm test`. */
export default defineConfig({
  test: { include: ['test/upgrade/*.upgrade.ts'], testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 1 },
});
