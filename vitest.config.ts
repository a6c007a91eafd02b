import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  // Packages resolve as they do when the program runs, without their builds for development.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: ['{contracts,markup,src,client,web/src,policies,journeys,bench}/**/*.test.ts'],
    // Those have a configuration of their own.
    exclude: [...configDefaults.exclude, 'journeys/browser/**'],
    globalSetup: './journeys/support/postgresForTests.ts',
    pool: 'forks',
    // Each worker runs whole servers; more of them would only take turns.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What comes by the feed comes late on a busy machine.
    expect: { poll: { timeout: 15_000 } },
  },
});
