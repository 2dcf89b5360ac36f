/** Who may import whom. Each rule says why it stands; test/layers.e2e.test.ts breaks each once. */
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** What all capabilities stand on; every other folder of src with a contract is a capability. */
const FOUNDATIONS = ['building-blocks', 'runtime', 'testing'];
const CAPABILITIES = readdirSync(join(__dirname, 'src'))
  .filter((name) => !FOUNDATIONS.includes(name) && existsSync(join(__dirname, 'src', name, 'contract.ts')))
  .join('|');

const FUNCTION_SIDE = '^src/(runtime/(?!contract\\.ts$)|[^/]+/(functions|domain|adapters)/)';
const TESTS = '^(local/)?test/|\\.test\\.tsx?$';

/** The part of runtime/ that reaches nothing outside of the process. */
const PURE_RUNTIME = [
  'budget',
  'cause',
  'clock',
  'events',
  'media-type',
  'money',
  'objects',
  'operation',
  'parallel',
  'refusal',
  'retry',
  'text',
  'violations',
];

/** Of Node.js, what computes. */
const PURE_NODE = [
  'async_hooks',
  'buffer',
  'crypto',
  'path',
  'path/posix',
  'stream',
  'stream/promises',
  'util',
  'zlib',
];

/** Packages that are the subject of a domain, and reach nothing outside either. */
const PURE_PACKAGES = {
  catalog: ['csv-parse', 'yaml'], // reading import files
};

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle has no beginning for a reader, be it of types alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contract-imports-nothing',
      comment: 'Both worlds import a contract, so what it imports would be dragged into both.',
      severity: 'error',
      from: { path: '^src/[^/]+/contract\\.ts$' },
      to: {},
    },
    {
      name: 'constructs-run-no-function-code',
      comment: 'jsii compiles what a construct imports; functions are shipped as bundles.',
      severity: 'error',
      from: { path: '^src/', pathNot: FUNCTION_SIDE },
      to: { path: FUNCTION_SIDE },
    },
    {
      name: 'functions-know-no-cdk',
      comment: 'Functions run in Lambda, where there is no CDK.',
      severity: 'error',
      from: { path: FUNCTION_SIDE },
      to: { path: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'functions-know-no-construct',
      comment: 'The contract is the only bridge between the two worlds.',
      severity: 'error',
      from: { path: FUNCTION_SIDE },
      to: { path: '^src/', pathNot: [FUNCTION_SIDE, '/contract\\.ts$', '\\.generated\\.'] },
    },
    {
      name: 'constructs-need-only-the-cdk',
      comment: "A user's synth installs aws-cdk-lib and constructs, and nothing else.",
      severity: 'error',
      from: { path: '^src/', pathNot: FUNCTION_SIDE },
      to: { path: 'node_modules/', pathNot: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'capabilities-meet-at-the-door',
      comment: 'A capability is entered through its index (constructs) or its contract and events (both worlds).',
      severity: 'error',
      from: { path: `^src/(${CAPABILITIES})/` },
      to: {
        path: `^src/(${CAPABILITIES})/`,
        pathNot: ['^src/$1/', `^src/(${CAPABILITIES})/((index|contract)\\.ts$|events\\.generated\\.)`],
      },
    },
    {
      name: 'functions-meet-at-the-contract',
      comment: "A function of one capability knows another's contract and events, never its code.",
      severity: 'error',
      from: { path: `^src/(${CAPABILITIES})/(functions|domain|adapters)/` },
      to: { path: `^src/(${CAPABILITIES})/`, pathNot: ['^src/$1/', '/contract\\.ts$', '/events\\.generated\\.'] },
    },
    {
      name: 'foundations-know-no-capability',
      comment: 'What all stand on must not lean on one of them.',
      severity: 'error',
      from: { path: '^src/(runtime|building-blocks)/' },
      to: { path: `^src/(${CAPABILITIES})/` },
    },
    {
      name: 'runtime-knows-only-itself',
      comment: 'What all functions share is the lowest there is; what constructs tell it stands in its own contract.',
      severity: 'error',
      from: { path: '^src/runtime/' },
      to: { path: '^src/', pathNot: ['^src/runtime/', '\\.generated\\.'] },
    },
    {
      name: 'domain-stays-pure',
      comment: 'Rules and ports are tested with anything behind the ports; services stand behind them in adapters/.',
      severity: 'error',
      from: { path: '^src/([^/]+)/domain/' },
      to: {
        dependencyTypesNot: ['core'],
        pathNot: [
          'node_modules/',
          '^src/$1/domain/',
          '^src/[^/]+/contract\\.ts$',
          '\\.generated\\.',
          `^src/runtime/(${PURE_RUNTIME.join('|')})\\.ts$`,
        ],
      },
    },
    {
      name: 'domain-computes-only',
      comment: 'Nothing of Node.js that reaches a disk, a network or another program.',
      severity: 'error',
      from: { path: '^src/[^/]+/domain/' },
      to: { dependencyTypes: ['core'], pathNot: `^(node:)?(${PURE_NODE.join('|')})$` },
    },
    ...[...CAPABILITIES.split('|'), 'building-blocks'].map((name) => ({
      name: `domain-needs-no-package-${name}`,
      comment: 'A package in a domain is a named exception, with its reason above.',
      severity: 'error',
      from: { path: `^src/${name}/domain/` },
      to: { path: 'node_modules/', pathNot: (PURE_PACKAGES[name] ?? []).map((it) => `node_modules/${it}/`) },
    })),
    {
      name: 'adapters-face-outwards',
      comment: 'An adapter makes a port of its own capability real; entry points wire the two together.',
      severity: 'error',
      from: { path: '^src/([^/]+)/adapters/' },
      to: {
        path: '^src/',
        pathNot: ['^src/$1/(adapters|domain)/', '^src/runtime/', '/contract\\.ts$', '\\.generated\\.'],
      },
    },
    {
      name: 'environment-is-read-at-the-entry',
      comment: 'What reads settings and makes clients is asked by entry points; all else gets them as arguments.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/runtime/', '^src/[^/]+/functions/'] },
      to: { path: '^src/runtime/entry\\.ts$' },
    },
    {
      name: 'local-cloud-knows-no-construct',
      comment:
        'The local cloud is a package of its own and runs any assembly; knowing ours would hide what it cannot run.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(bench|demo|examples|projenrc|scripts|src|test|web)/' },
    },
    {
      name: 'pages-know-the-api-only',
      comment: 'Pages run in a browser: what they know of the shop is generated from its API document into web/.',
      severity: 'error',
      from: { path: '^web/' },
      to: {
        path: '^(bench|demo|examples|local|projenrc|scripts|src|test)/|node_modules/(aws-cdk-lib|constructs|@aws-sdk)/',
      },
    },
    {
      name: 'definition-stands-alone',
      comment: 'The definition of the project must run before anything of the project is built.',
      severity: 'error',
      from: { path: '^(projenrc/|\\.projenrc\\.ts$)' },
      to: {
        dependencyTypesNot: ['core'],
        pathNot: ['^projenrc/', '^\\.projenrc\\.ts$', 'node_modules/projen/'],
      },
    },
    {
      name: 'examples-are-users',
      comment: 'An example imports what a user can install.',
      severity: 'error',
      from: { path: '^examples/' },
      to: { dependencyTypesNot: ['core'], pathNot: ['^src/index\\.ts$', 'node_modules/(aws-cdk-lib|constructs)/'] },
    },
    {
      name: 'nothing-needs-a-test',
      comment: 'What tests import goes away with them.',
      severity: 'error',
      from: { pathNot: [TESTS, '^bench/'] },
      to: { path: TESTS },
    },
    {
      name: 'bench-needs-no-test-but-the-simulation',
      comment: 'The simulated table counts the write units of an order, for tests and for the bench.',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: TESTS, pathNot: '^test/simulation/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.dev.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
