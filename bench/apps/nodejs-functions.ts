import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { SHOP_BUNDLES } from './shop-resources';
import { timeSynth } from './time-synth';

const root = path.resolve(__dirname, '..', '..');
const sources = (readdirSync(path.join(root, 'src'), { recursive: true }) as string[]).filter((file) =>
  SHOP_BUNDLES.includes(path.basename(file, '.lambda.ts')),
);

timeSynth((stack) => {
  for (const source of sources) {
    new NodejsFunction(stack, path.basename(source, '.lambda.ts'), {
      entry: path.join(root, 'src', source),
      projectRoot: root,
      depsLockFilePath: path.join(root, 'package-lock.json'),
      runtime: lambda.Runtime.NODEJS_24_X,
      bundling: { minify: true, format: OutputFormat.CJS, externalModules: ['@img/*', 'onnxruntime-node'] },
    });
  }
});
