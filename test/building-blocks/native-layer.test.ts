import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { NativeLayer } from '../../src/building-blocks/native-layer';

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Stack');
});

test('a stack has one layer of a library, for arm64, whoever asks', () => {
  const one = NativeLayer.sharp(new Construct(stack, 'One'));
  const two = NativeLayer.sharp(new Construct(stack, 'Two'), { architecture: lambda.Architecture.ARM_64 });
  NativeLayer.onnxRuntime(stack);
  expect(two).toBe(one);

  const layers = Template.fromStack(stack).findResources('AWS::Lambda::LayerVersion');
  expect(Object.values(layers).map(({ Properties }) => Properties.CompatibleArchitectures)).toEqual([
    ['arm64'],
    ['arm64'],
  ]);
});

test("another architecture takes the user's layer", () => {
  const sharpLayer = lambda.LayerVersion.fromLayerVersionArn(
    stack,
    'Own',
    'arn:aws:lambda:eu-west-1:123456789012:layer:own:1',
  );
  expect(NativeLayer.sharp(stack, { architecture: lambda.Architecture.X86_64, sharpLayer })).toBe(sharpLayer);
  expect(Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::LayerVersion'))).toEqual([]);
});

test('another architecture without a layer is refused, one message for each library', () => {
  const settings = { architecture: lambda.Architecture.X86_64 };
  NativeLayer.sharp(stack, settings);
  NativeLayer.onnxRuntime(stack, settings);
  expect(() => app.synth()).toThrow(/sharp is shipped for arm64 only. Pass functions.sharpLayer/);
  expect(() => app.synth()).toThrow(/onnxruntime is shipped for arm64 only. Pass functions.onnxRuntimeLayer/);
});
