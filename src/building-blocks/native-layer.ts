import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ASSETS } from './assets';
import type { FunctionSettings } from './function-settings';
import { Mistakes } from './validation';

interface Library {
  /** Name of its zip in the assets, and of the layer in `scripts/build-layers.ts`. */
  readonly asset: string;
  readonly construct: string;
  readonly setting: 'sharpLayer' | 'onnxRuntimeLayer';
  readonly description: string;
  readonly license: string;
}

const SHARP: Library = {
  asset: 'sharp',
  construct: 'SharpLayer',
  setting: 'sharpLayer',
  description: 'Native part of sharp, with libvips',
  license: 'Apache-2.0 AND LGPL-3.0-or-later',
};

const ONNX_RUNTIME: Library = {
  asset: 'onnxruntime',
  construct: 'OnnxRuntimeLayer',
  setting: 'onnxRuntimeLayer',
  description: 'ONNX Runtime for Node.js, on the CPU',
  license: 'MIT',
};

/**
 * Layers of native code that the bundles need: shipped for arm64, one of each per stack however many functions use it.
 * For another architecture the user passes a layer of their own.
 */
export class NativeLayer {
  /** sharp's native part and libvips; sharp's JavaScript is in the bundles. */
  static sharp(scope: Construct, settings: FunctionSettings = {}): lambda.ILayerVersion {
    return layerFor(SHARP, scope, settings);
  }

  /** ONNX Runtime: its JavaScript and its library. */
  static onnxRuntime(scope: Construct, settings: FunctionSettings = {}): lambda.ILayerVersion {
    return layerFor(ONNX_RUNTIME, scope, settings);
  }

  private constructor() {}
}

function layerFor(library: Library, scope: Construct, settings: FunctionSettings): lambda.ILayerVersion {
  const { architecture = lambda.Architecture.ARM_64, [library.setting]: own } = settings;
  new Mistakes(scope).when(
    !own && architecture.name !== lambda.Architecture.ARM_64.name,
    `functions.architecture is ${architecture.name}, but ${library.asset} is shipped for arm64 only. Pass functions.${library.setting}, or leave the architecture at arm64.`,
  );
  return own ?? shipped(library, Stack.of(scope));
}

function shipped({ asset, construct, description, license }: Library, stack: Stack): lambda.ILayerVersion {
  const there = stack.node.tryFindChild(construct) as lambda.LayerVersion | undefined;
  return (
    there ??
    new lambda.LayerVersion(stack, construct, {
      code: lambda.Code.fromAsset(path.join(ASSETS, 'layers', `${asset}-arm64.zip`)),
      compatibleArchitectures: [lambda.Architecture.ARM_64],
      description,
      license,
    })
  );
}
