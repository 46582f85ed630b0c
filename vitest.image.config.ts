import { defineConfig } from 'vitest/config';

/** `npm run test:image`. It makes a Debian and builds the image on it, so it is no part of `npm test`. */
export default defineConfig({
  test: { include: ['test/image/*.image.ts'], testTimeout: 600_000, hookTimeout: 900_000, maxWorkers: 1 },
});
