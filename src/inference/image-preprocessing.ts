import { isWhole } from '../building-blocks/validation';
import { INFERENCE_LIMITS, type PreprocessingSettings } from './contract';

/** How an image of another shape is made to fit. */
export enum PhotoFit {
  /** Fills the frame and cuts off what stands out, equally on both sides. */
  COVER = 'cover',
  /** Stands whole in the frame, with black beside it. */
  CONTAIN = 'contain',
  /** Is stretched to the frame. */
  FILL = 'fill',
}

/** How pixels are combined when an image is resized: it must be the kernel that the model was trained with. */
export enum ResizeKernel {
  /** The nearest pixel. */
  NEAREST = 'nearest',
  /** Bilinear over the whole area that a pixel covers, as `antialias=True` in torchvision. */
  LINEAR = 'linear',
  /** Bicubic over the whole area that a pixel covers. */
  CUBIC = 'cubic',
  /** Lanczos with three lobes, as in Pillow. */
  LANCZOS3 = 'lanczos3',
}

/** Order of the numbers in a model's input; the first dimension is always a batch of one. */
export enum TensorLayout {
  /** Channels first: `[1, channels, height, width]`, as PyTorch exports it. */
  NCHW = 'nchw',
  /** Channels last: `[1, height, width, channels]`, as TensorFlow exports it. */
  NHWC = 'nhwc',
  /** One row: `[1, channels * height * width]`. */
  FLAT = 'flat',
}

/** Options of ImagePreprocessing.photo. */
export interface PhotoPreprocessingOptions {
  /** Width of the model's input in pixels, 1 to 4096. */
  readonly width: number;

  /** Height of the model's input in pixels, 1 to 4096. */
  readonly height: number;

  /**
   * How an image of another shape is made to fit.
   *
   * @default PhotoFit.COVER
   */
  readonly fit?: PhotoFit;

  /**
   * How pixels are combined.
   *
   * @default ResizeKernel.LINEAR
   */
  readonly kernel?: ResizeKernel;

  /**
   * What is subtracted from red, green and blue, which are from 0 to 1; by default the mean of ImageNet.
   *
   * @default [0.485, 0.456, 0.406]
   */
  readonly mean?: number[];

  /**
   * What red, green and blue are divided by afterwards; by default the standard deviation of ImageNet.
   *
   * @default [0.229, 0.224, 0.225]
   */
  readonly standardDeviation?: number[];

  /**
   * Order of the numbers.
   *
   * @default TensorLayout.NCHW
   */
  readonly layout?: TensorLayout;

  /**
   * Most pixels that an image may have, up to 50 million. What has more is refused before it is decoded, so that nobody
   * buys seconds of processor time for a file of a kilobyte.
   *
   * @default - 256 for each pixel of the model's input, but 4 million at least and 50 million at most
   */
  readonly maxPixels?: number;
}

/** Options of ImagePreprocessing.drawing. */
export interface DrawingPreprocessingOptions {
  /** Width of the model's input in pixels, 1 to 4096. */
  readonly width: number;

  /** Height of the model's input in pixels, 1 to 4096. */
  readonly height: number;

  /**
   * Order of the numbers.
   *
   * @default TensorLayout.NCHW
   */
  readonly layout?: TensorLayout;

  /**
   * Most pixels that an image may have, up to 50 million. What has more is refused before it is decoded, so that nobody
   * buys seconds of processor time for a file of a kilobyte.
   *
   * @default - 256 for each pixel of the model's input, but 4 million at least and 50 million at most
   */
  readonly maxPixels?: number;
}

/** How an image becomes the 32 bit floats that a model takes. Every image is turned upright by its EXIF data first. */
export class ImagePreprocessing {
  /** For models of photographs: resized, in red, green and blue, normalised by mean and standard deviation. */
  static photo(options: PhotoPreprocessingOptions): ImagePreprocessing {
    const {
      mean = [0.485, 0.456, 0.406],
      standardDeviation = [0.229, 0.224, 0.225],
      layout = TensorLayout.NCHW,
    } = options;
    const { width, height, fit = PhotoFit.COVER, kernel = ResizeKernel.LINEAR } = options;
    const maxPixels = options.maxPixels ?? pixelsFor(width, height);
    const mistakes = [
      ...sizeMistakes(width, height, maxPixels),
      ...(mean.length === 3 && mean.every(Number.isFinite) ? [] : ['mean must be three numbers.']),
      ...(standardDeviation.length === 3 && standardDeviation.every((value) => value > 0)
        ? []
        : ['standardDeviation must be three numbers above 0.']),
    ];
    return new ImagePreprocessing(
      { kind: 'photo', width, height, fit, kernel, mean, standardDeviation, layout, maxPixels },
      mistakes,
    );
  }

  /**
   * For models of characters and symbols drawn on plain paper: the ink is cut out, centred in a square and averaged
   * down by area, light on black, from 0 to 1. Place, size and colours of the drawing make no difference.
   */
  static drawing(options: DrawingPreprocessingOptions): ImagePreprocessing {
    const { width, height, layout = TensorLayout.NCHW, maxPixels = pixelsFor(width, height) } = options;
    return new ImagePreprocessing(
      { kind: 'drawing', width, height, layout, maxPixels },
      sizeMistakes(width, height, maxPixels),
    );
  }

  private constructor(
    /** @internal */
    readonly _settings: PreprocessingSettings,
    /** @internal */
    readonly _mistakes: string[],
  ) {}
}

/** Photos are far larger than what a model takes of them, and their pixels are what decoding costs. */
function pixelsFor(width: number, height: number): number {
  const { PIXELS_PER_INPUT, LEAST_PIXELS, MOST_PIXELS } = INFERENCE_LIMITS;
  return Math.min(MOST_PIXELS, Math.max(LEAST_PIXELS, PIXELS_PER_INPUT * width * height));
}

function sizeMistakes(width: number, height: number, maxPixels: number): string[] {
  const { MOST_PIXELS } = INFERENCE_LIMITS;
  const mistakes = Object.entries({ width, height })
    .filter(([, value]) => !isWhole(value, 1, 4096))
    .map(([name, value]) => `${name} is ${value}; it must be a whole number of pixels from 1 to 4096.`);
  if (isWhole(maxPixels, 1, MOST_PIXELS)) return mistakes;
  return [...mistakes, `maxPixels is ${maxPixels}; it must be a whole number of pixels from 1 to ${MOST_PIXELS}.`];
}
