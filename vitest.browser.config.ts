import { defineConfig } from 'vitest/config';

/** The journeys in a real browser: `npm run test:browser`. */
export default defineConfig({
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: ['journeys/browser/**/*.test.ts'],
    globalSetup: ['./journeys/support/postgresForTests.ts', './journeys/support/pageForTests.ts'],
    pool: 'forks',
    // A browser and a server each take what two workers would.
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
