export {
  type DrawingPreprocessingProps,
  ImagePreprocessing,
  PhotoFit,
  type PhotoPreprocessingProps,
  ResizeKernel,
  TensorLayout,
} from './image-preprocessing';
export { type EndpointModelOptions, type InFunctionModelProps, InferenceModel } from './inference-model';
export { type InferenceSource, MlInferenceFunction, type MlInferenceFunctionProps } from './ml-inference-function';
