import { Duration, Stack, Token } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { BundleName } from '../building-blocks/bundles.generated';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { NativeLayer } from '../building-blocks/native-layer';
import { allow } from '../building-blocks/permissions';
import { isWhole } from '../building-blocks/validation';
import { INFERENCE_ENV, type InferenceSettings } from './contract';
import type { ImagePreprocessing } from './image-preprocessing';

/** Options of InferenceModel.inFunction. */
export interface InFunctionModelOptions {
  /** Bucket of the model's file. */
  readonly bucket: s3.IBucket;

  /** Key of the model's file, in ONNX format, up to 400 MiB. Its first input takes the image, its first output the scores. */
  readonly key: string;

  /** SHA-256 checksum of the file, 64 hexadecimal digits. A file with another checksum is never run. */
  readonly sha256: string;

  /** How an image becomes the model's input. */
  readonly preprocessing: ImagePreprocessing;

  /**
   * What answers call the model (`model.name`).
   *
   * @default - the name of its file without `.onnx`
   */
  readonly modelName?: string;

  /**
   * Whether the outputs still need a softmax to be probabilities; false for a model that ends in one.
   *
   * @default true
   */
  readonly softmax?: boolean;
}

/** Options of InferenceModel.fromEndpointName. */
export interface EndpointModelOptions {
  /**
   * Media type that the endpoint is told.
   *
   * @default - that of the image, such as image/png
   */
  readonly contentType?: string;

  /**
   * How long one call of the endpoint may take, up to the 60 seconds that SageMaker allows. The time-out of the function
   * must leave room for the first call and all retries.
   *
   * @default Duration.seconds(8)
   */
  readonly timeout?: Duration;

  /**
   * How often a call is repeated that the endpoint refuses because it has too much to do, 0 to 9. The waits between are
   * random. A model that fails or is slow is called once.
   *
   * @default 2
   */
  readonly maxRetries?: number;

  /**
   * Whether the scores still need a softmax to be probabilities.
   *
   * @default false
   */
  readonly softmax?: boolean;
}

/** Where a model runs. */
export class InferenceModel {
  /**
   * A model in ONNX format that runs inside the function: there is no endpoint to pay for while idle. The file is
   * fetched once per execution environment and checked before it is loaded.
   */
  static inFunction(options: InFunctionModelOptions): InferenceModel {
    return new InferenceModel(new InFunctionModel(options));
  }

  /**
   * A SageMaker real-time endpoint in this account and region. It is sent the image as it came, and answers JSON: scores
   * by class (`[0.1, 0.9]`, a batch of one, or under `predictions`), or pairs (`[{"label": "cat", "score": 0.9}]`).
   *
   * @param name name of the endpoint, which may be deployed later
   */
  static fromEndpointName(name: string, options: EndpointModelOptions = {}): InferenceModel {
    return new InferenceModel(new EndpointModel(name, options));
  }

  private constructor(
    /** @internal */
    readonly _place: ModelPlace,
  ) {}
}

/** What a place where models run asks of the function. */
interface ModelPlace {
  readonly bundle: BundleName;

  readonly defaultMemorySize: number;

  /** Longest time that the model may take, with all its retries. */
  readonly longest: Duration | undefined;

  readonly mistakes: string[];

  readonly settings: Pick<InferenceSettings, 'name' | 'softmax' | 'preprocessing' | 'endpoint'>;

  readonly environment: Record<string, string>;

  layers(scope: Construct, functions?: FunctionSettings): lambda.ILayerVersion[];

  allow(handler: lambda.Function): void;
}

class InFunctionModel implements ModelPlace {
  readonly bundle = 'inference-onnx';
  readonly defaultMemorySize = 1024;
  readonly longest = undefined;

  constructor(private readonly options: InFunctionModelOptions) {}

  get mistakes(): string[] {
    const { key, sha256, preprocessing } = this.options;
    return [
      ...(Token.isUnresolved(sha256) || /^[0-9a-fA-F]{64}$/.test(sha256)
        ? []
        : [`model.sha256 is "${sha256}"; it must be 64 hexadecimal digits, as sha256sum prints them.`]),
      ...(key === '' || key.startsWith('/')
        ? [`model.key is "${key}"; it must not be empty or begin with a slash.`]
        : []),
      ...preprocessing._mistakes.map((mistake) => `model.preprocessing.${mistake}`),
    ];
  }

  get settings() {
    const { modelName, softmax = true, preprocessing } = this.options;
    return { name: modelName, softmax, preprocessing: preprocessing._settings };
  }

  get environment(): Record<string, string> {
    const { bucket, key, sha256 } = this.options;
    return {
      [INFERENCE_ENV.MODEL_BUCKET]: bucket.bucketName,
      [INFERENCE_ENV.MODEL_KEY]: key,
      [INFERENCE_ENV.MODEL_SHA256]: Token.isUnresolved(sha256) ? sha256 : sha256.toLowerCase(),
    };
  }

  layers(scope: Construct, functions?: FunctionSettings): lambda.ILayerVersion[] {
    return [NativeLayer.sharp(scope, functions), NativeLayer.onnxRuntime(scope, functions)];
  }

  allow(handler: lambda.Function): void {
    const { bucket, key } = this.options;
    allow(handler, ['s3:GetObject'], bucket.arnForObjects(key));
    bucket.encryptionKey?.grantDecrypt(handler);
  }
}

class EndpointModel implements ModelPlace {
  readonly bundle = 'inference-endpoint';
  readonly defaultMemorySize = 256;
  private readonly timeout: Duration;
  private readonly maxRetries: number;

  constructor(
    private readonly name: string,
    private readonly options: EndpointModelOptions,
  ) {
    this.timeout = options.timeout ?? Duration.seconds(8);
    this.maxRetries = options.maxRetries ?? 2;
  }

  get longest(): Duration | undefined {
    if (this.timeout.isUnresolved() || Token.isUnresolved(this.maxRetries)) return undefined;
    return Duration.millis(this.timeout.toMilliseconds() * (1 + this.maxRetries));
  }

  get mistakes(): string[] {
    const milliseconds = this.timeout.toMilliseconds();
    return [
      ...(Token.isUnresolved(this.name) || /^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$/.test(this.name)
        ? []
        : [`The endpoint's name is "${this.name}"; it must be 1 to 63 letters, digits and hyphens between them.`]),
      ...(Token.isUnresolved(milliseconds) || (milliseconds >= 100 && milliseconds <= 60_000)
        ? []
        : [`The endpoint's timeout is ${milliseconds} ms; it must be from 100 ms to 60 seconds.`]),
      ...(isWhole(this.maxRetries, 0, 9)
        ? []
        : [`The endpoint's maxRetries is ${this.maxRetries}; it must be a whole number from 0 to 9.`]),
    ];
  }

  get settings() {
    const { contentType, softmax = false } = this.options;
    const endpoint = { contentType, timeoutMs: this.timeout.toMilliseconds(), maxRetries: this.maxRetries };
    return { softmax, endpoint };
  }

  get environment(): Record<string, string> {
    return { [INFERENCE_ENV.ENDPOINT]: this.name };
  }

  layers(): lambda.ILayerVersion[] {
    return [];
  }

  allow(handler: lambda.Function): void {
    // SageMaker lower-cases names in ARNs.
    const resourceName = Token.isUnresolved(this.name) ? this.name : this.name.toLowerCase();
    const arn = Stack.of(handler).formatArn({ service: 'sagemaker', resource: 'endpoint', resourceName });
    allow(handler, ['sagemaker:InvokeEndpoint'], arn);
  }
}
