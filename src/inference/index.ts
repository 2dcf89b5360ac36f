export {
  type DrawingPreprocessingOptions,
  ImagePreprocessing,
  PhotoFit,
  type PhotoPreprocessingOptions,
  ResizeKernel,
  TensorLayout,
} from './image-preprocessing';
export { type EndpointModelOptions, type InFunctionModelOptions, InferenceModel } from './inference-model';
export { MlInferenceFunction, type MlInferenceFunctionProps } from './ml-inference-function';
