export { ImagePipeline, type ImagePipelineProps } from './image-pipeline';
export { ImageFit, ImageFormat, ImageMetadata, type ImageVariant } from './image-variant';
