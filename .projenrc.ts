import { awscdk, javascript, typescript } from 'projen';
import { configureBuild } from './projenrc/build';
import { author, identity } from './projenrc/identity';
import { configureLint } from './projenrc/lint';
import { configurePackage } from './projenrc/package';
import { configureTests } from './projenrc/tests';

const project = new awscdk.AwsCdkConstructLibrary({
  ...identity,
  ...author,
  defaultReleaseBranch: 'main',
  cdkVersion: '2.263.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  minNodeVersion: '20.0.0',
  workflowNodeVersion: '24',
  packageManager: javascript.NodePackageManager.NPM,

  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  disableTsconfig: true,
  sampleCode: false,
  eslint: false,
  jest: false,
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,
  excludeTypescript: ['src/**/functions/**', 'src/**/domain/**', 'src/**/adapters/**', 'src/runtime/**'],
  docgen: true,

  // What runs at a user's synth: aws-cdk-lib and constructs, nothing else.
  // Everything below is bundled into our functions or used by our own build and tests.
  devDeps: [
    // functions
    '@aws-lambda-powertools/logger',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-eventbridge',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sagemaker-runtime',
    '@aws-sdk/client-secrets-manager',
    '@aws-sdk/client-sesv2',
    '@aws-sdk/client-sfn',
    '@aws-sdk/client-sqs',
    '@aws-sdk/lib-dynamodb',
    '@aws-sdk/s3-request-presigner',
    '@aws-sdk/util-dynamodb',
    '@fastify/busboy',
    '@types/aws-lambda',
    '@types/nodemailer',
    '@types/aws4',
    'ajv',
    'ajv-formats',
    'aws4',
    'csv-parse',
    'fflate',
    'nodemailer',
    'onnxruntime-node',
    'sharp',
    'yaml',
    // build
    '@biomejs/biome@2.5.15',
    'dependency-cruiser',
    'esbuild',
    'openapi-typescript',
    'tsx',
    // tests
    '@aws-sdk/client-cloudformation',
    '@aws-sdk/client-cloudwatch-logs',
    '@aws-sdk/client-glue',
    '@aws-sdk/client-iam',
    'axe-core',
    'cdk-nag@^3',
    'hyparquet',
    'playwright-core',
  ],
  tsconfigDev: {
    compilerOptions: {
      rootDir: '.',
      isolatedModules: true,
      paths: { 'cdk-serverless-shop': ['./src'] },
      types: ['node', 'jest', 'aws-lambda'],
    },
    include: [
      'scripts/**/*.ts',
      'demo/**/*.ts',
      'bench/**/*.ts',
      'examples/typescript/**/*.ts',
      'local/**/*.ts',
      'projenrc/**/*.ts',
    ],
  },
});

configurePackage(project);
configureLint(project);
configureTests(project);
configureBuild(project);

project.synth();
