import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { SHOP_FUNCTIONS } from './shop-functions';
import { timeSynth } from './time-synth';

const root = path.resolve(__dirname, '..', '..');
const sources = readdirSync(path.join(root, 'src'), { recursive: true }) as string[];

timeSynth((stack) => {
  SHOP_FUNCTIONS.forEach((bundle, index) => {
    const source = sources.find((file) => path.basename(file) === `${bundle}.lambda.ts`);
    new NodejsFunction(stack, `${bundle}${index}`, {
      entry: path.join(root, 'src', source ?? bundle),
      projectRoot: root,
      depsLockFilePath: path.join(root, 'package-lock.json'),
      runtime: lambda.Runtime.NODEJS_24_X,
      bundling: { minify: true, format: OutputFormat.CJS, externalModules: ['@img/*', 'onnxruntime-node'] },
    });
  });
});
