/** Who may import whom. Each rule says why it stands. */
const CAPABILITIES = 'api|catalog|ordering|notifications|storefront|images|inference|analytics';
const FUNCTION_SIDE = '^src/(runtime/|[^/]+/(functions|domain|adapters)/)';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle has no beginning for a reader.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contract-imports-nothing',
      comment: 'Both worlds import a contract, so what it imports would be dragged into both.',
      severity: 'error',
      from: { path: '/contract\\.ts$' },
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
      to: { path: '^src/', pathNot: [FUNCTION_SIDE, '/contract\\.ts$'] },
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
      comment: 'A capability is entered through its index (constructs) or its contract (both worlds).',
      severity: 'error',
      from: { path: `^src/(${CAPABILITIES})/` },
      to: {
        path: `^src/(${CAPABILITIES})/`,
        pathNot: ['^src/$1/', `^src/(${CAPABILITIES})/(index|contract)\\.ts$`],
      },
    },
    {
      name: 'functions-meet-at-the-contract',
      comment: "A function of one capability knows another's contract, never its code.",
      severity: 'error',
      from: { path: `^src/(${CAPABILITIES})/(functions|domain|adapters)/` },
      to: { path: `^src/(${CAPABILITIES})/`, pathNot: ['^src/$1/', '/contract\\.ts$'] },
    },
    {
      name: 'foundations-know-no-capability',
      comment: 'What all stand on must not lean on one of them.',
      severity: 'error',
      from: { path: '^src/(runtime|building-blocks)/' },
      to: { path: `^src/(${CAPABILITIES})/` },
    },
    {
      name: 'domain-stays-pure',
      comment: 'Domain code gets what it needs as arguments, so that a test can hand it something else.',
      severity: 'error',
      from: { path: '/domain/' },
      to: { path: '^src/runtime/entry\\.ts$' },
    },
    {
      name: 'local-cloud-knows-no-construct',
      comment: 'The local cloud runs any assembly; knowing ours would hide what it cannot run.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(src|demo|examples)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.dev.json' },
    exclude: { path: '\\.generated\\.' },
  },
};
