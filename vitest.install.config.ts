import { defineConfig } from 'vitest/config';

/** `npm run test:install`. It packs the whole bundle several times and boots machines, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/install/*.install.ts'],
    globalSetup: 'test/install/required.ts',
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    maxWorkers: 1,
  },
});
