/** Names and shapes that MlInferenceFunction and its function agree on. Literals only. */

export const INFERENCE_ENV = {
  /** JSON of InferenceSettings. */
  SETTINGS: 'INFERENCE_SETTINGS',
  /** A model that runs in the function: where its file is, and the file's SHA-256. */
  MODEL_BUCKET: 'MODEL_BUCKET',
  MODEL_KEY: 'MODEL_KEY',
  MODEL_SHA256: 'MODEL_SHA256',
  /** A model behind a SageMaker endpoint. */
  ENDPOINT: 'MODEL_ENDPOINT_NAME',
  /** Where results of images from a bucket go; absent when no bucket is watched. */
  OUTPUT_BUCKET: 'OUTPUT_BUCKET',
  OUTPUT_PREFIX: 'OUTPUT_PREFIX',
} as const;

export const INFERENCE_METRICS = {
  DIMENSION: 'Classifier',
  CLASSIFIED: 'ImagesClassified',
  REJECTED: 'ImagesRejected',
  FAILED: 'ClassificationsFailed',
} as const;

/** Everything about a classifier that is known at synth and is no name of a resource. */
export interface InferenceSettings {
  /** What answers call a model that runs in the function; without it, the name of its file. */
  readonly name?: string;
  /** Name of each class, in the order of the model's outputs; without them a class is called by its number. */
  readonly labels?: readonly string[];
  readonly top: number;
  readonly threshold: number;
  /** Whether the model's outputs still need a softmax to be probabilities. */
  readonly softmax: boolean;
  /** How an image becomes the input of a model that runs in the function. */
  readonly preprocessing?: PreprocessingSettings;
  readonly endpoint?: EndpointSettings;
}

export interface EndpointSettings {
  readonly contentType?: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

export type PreprocessingSettings = PhotoSettings | DrawingSettings;

export interface PhotoSettings {
  readonly kind: 'photo';
  readonly width: number;
  readonly height: number;
  readonly fit: 'cover' | 'contain' | 'fill';
  readonly kernel: 'nearest' | 'linear' | 'cubic' | 'lanczos3';
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
  readonly layout: Layout;
  readonly maxPixels: number;
}

export interface DrawingSettings {
  readonly kind: 'drawing';
  readonly width: number;
  readonly height: number;
  readonly layout: Layout;
  readonly maxPixels: number;
}

/** Order of a tensor's elements: channels first, channels last, or one row of all. */
export type Layout = 'nchw' | 'nhwc' | 'flat';

export const INFERENCE_LIMITS = {
  /** Bytes of an image from a bucket or an invocation: an endpoint takes 25 million. */
  IMAGE_BYTES: 20 * 1024 * 1024,
  /** Pixels of an image for each pixel of the model's input, in these bounds, unless the user says otherwise. */
  PIXELS_PER_INPUT: 256,
  LEAST_PIXELS: 4_000_000,
  MOST_PIXELS: 50_000_000,
} as const;
