import UnitEnvironment from '../unit-environment';

/**
 * Jest gives tests a global scope of their own. ONNX Runtime is native code and knows the arrays of Node's scope only,
 * so tests that run a model get those.
 */
export default class NativeArrays extends UnitEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, { Float32Array, BigInt64Array });
  }
}
