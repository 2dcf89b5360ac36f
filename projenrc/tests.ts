import { type awscdk, JsonFile } from 'projen';

/** Files of tests that start other programs, such as a local cloud; all others are unit tests. */
const E2E = '*.e2e.test.ts?(x)';
const SETUP = '<rootDir>/test/setup.ts';
const UNIT_SETUP = [SETUP, '<rootDir>/test/unit-setup.ts'];
/** Tests that synthesize every construct over and over. */
const TEMPLATES = '<rootDir>/test/templates';

/** Those that hold whatever the CDK writes into a template; the others compare templates with known ones. */
const AT_NEWEST = ['cdk-version', 'metrics', 'nag', 'own-resources', 'permissions', 'reasons'];

/** Unit tests and end-to-end tests, told apart by the names of their files. */
export function configureTests(project: awscdk.AwsCdkConstructLibrary): void {
  project.addDevDeps('@types/jest@^30.0.0', 'jest@^30.5.2', 'jest-environment-node@^30.5.2', 'ts-jest@^29.4.15');

  const shared = {
    moduleNameMapper: { '^cdk-serverless-shop$': '<rootDir>/src' },
    transform: { '\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  };
  const inOneProcess = {
    testEnvironment: '<rootDir>/test/unit-environment.ts',
    testMatch: ['**/*.test.ts?(x)', `!**/${E2E}`],
  };
  new JsonFile(project, 'jest.config.json', {
    obj: {
      testTimeout: 30_000,
      projects: [
        {
          ...shared,
          ...inOneProcess,
          displayName: 'unit',
          setupFiles: UNIT_SETUP,
          testPathIgnorePatterns: ['/node_modules/', '<rootDir>/web/', `${TEMPLATES}/`],
        },
        { ...shared, ...inOneProcess, displayName: 'templates', setupFiles: UNIT_SETUP, roots: [TEMPLATES] },
        {
          ...shared,
          ...inOneProcess,
          displayName: 'newest-cdk',
          setupFiles: UNIT_SETUP,
          roots: [TEMPLATES],
          testMatch: [`**/(${AT_NEWEST.join('|')}).test.ts`],
          globals: { NEWEST_CDK: 'test/newest-cdk' },
          moduleNameMapper: {
            ...shared.moduleNameMapper,
            '^(aws-cdk-lib|constructs)(/.*)?$': '<rootDir>/test/newest-cdk/node_modules/$1$2',
          },
        },
        // A project of its own: within one, ts-jest takes the first settings it meets for all files.
        {
          ...inOneProcess,
          displayName: 'pages',
          roots: ['<rootDir>/web'],
          transform: { '\\.tsx?$': ['ts-jest', { tsconfig: WEB_IN_NODE }] },
        },
        { ...shared, displayName: 'e2e', setupFiles: [SETUP], testMatch: [`**/${E2E}`] },
      ],
    },
  });
}

/** The pages' own settings are those of a browser; tests of their logic run in Node.js, where jest calls CommonJS. */
const WEB_IN_NODE = {
  target: 'ES2022',
  module: 'commonjs',
  jsx: 'react-jsx',
  jsxImportSource: 'preact',
  strict: true,
  isolatedModules: true,
  skipLibCheck: true,
  types: ['node', 'jest'],
  ignoreDeprecations: '6.0',
};
