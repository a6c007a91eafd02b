import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contracts,src,client,policies,journeys,bench}/**/*.test.ts'],
    globalSetup: './journeys/support/postgresForTests.ts',
    pool: 'forks',
    // Each worker runs whole servers; more of them would only take turns.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
