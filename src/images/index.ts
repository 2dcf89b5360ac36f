export { ImagePipeline } from './image-pipeline';
export type { ImagePipelineProps } from './image-pipeline-props';
export { ImageFit, ImageFormat, ImageMetadata, type ImageVariant } from './image-variant';
