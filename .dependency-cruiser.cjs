// The arrows of the house: who may import whom. Each rule says what is allowed; all else fails the build.
// Tests may look at everything.
const tests = '\\.test\\.ts$|\\.contract\\.ts$|/testing\\.ts$|/testing/';
const platform = ['core', 'npm', 'npm-optional'];

/** Files under `from` import packages of Node and npm, and of the house only what `allowed` matches. */
function arrow(name, from, allowed, comment, packages = platform) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: tests },
    to: { pathNot: allowed, dependencyTypesNot: packages },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'contracts-import-nothing',
      comment: 'contracts/ is what both sides promise; it stands on nothing, not even on packages.',
      severity: 'error',
      from: { path: '^contracts/', pathNot: tests },
      to: { pathNot: '^contracts/' },
    },
    arrow('markup', '^markup/', '^markup/', 'markup → nothing of the house.'),
    arrow('kit', '^src/kit/', '^(src/kit|contracts|markup)/', 'kit → kit, contracts, markup.'),
    arrow('engines', '^src/engines/', '^(src/engines|src/kit|contracts)/', 'engines → engines, kit, contracts.'),
    arrow(
      'domains',
      '^src/domains/([^/]+)/',
      '^(src/domains/$1/|src/domains/[^/]+/index\\.ts$|src/engines/[^/]+/(index|emit)\\.ts$|src/kit/|contracts/|policies/)',
      "domains → own files, other domains' doors, engine ports, kit, contracts.",
    ),
    arrow('doors', '^src/domains/doors\\.ts$', '^src/domains/[^/]+/index\\.ts$', 'doors.ts gathers the doors and nothing else.'),
    arrow(
      'faces',
      '^src/faces/([^/]+)/',
      '^(src/faces/$1/|src/faces/http/|src/faces/[^/]+\\.ts$|src/domains/[^/]+/index\\.ts$|src/domains/doors\\.ts$|src/kit/|contracts/)',
      "faces → own files, what all faces share (http/ and the files beside it), domains' doors, kit, contracts.",
    ),
    arrow(
      'what-faces-share',
      '^src/faces/[^/]+\\.ts$',
      '^(src/faces/|src/domains/[^/]+/index\\.ts$|src/domains/doors\\.ts$|src/kit/|contracts/)',
      "what faces share, and the server that holds them → faces, domains' doors, kit, contracts.",
    ),
    arrow('client', '^client/', '^(client|contracts)/', 'client → contracts.'),
    // What it needs of npm is built into it, so a server never installs that.
    arrow('web', '^web/', '^(web|client|contracts|markup)/', 'web → client, contracts, markup.', [...platform, 'npm-dev']),
    {
      name: 'tests-are-for-tests',
      comment: 'The program does not import what is made for tests.',
      severity: 'error',
      from: { path: '^(src|client|web|contracts|markup)/', pathNot: tests },
      to: { path: `${tests}|^journeys/` },
    },
    {
      name: 'no-tools-at-run-time',
      comment: 'What runs on a server is in "dependencies".',
      severity: 'error',
      from: { path: '^(src|client|contracts|markup)/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      comment: 'No file imports itself by a detour; types may, since they are gone when the program runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', comment: 'Every import leads somewhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What vite made of it.
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
