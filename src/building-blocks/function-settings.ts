import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';

/**
 * How the functions of a construct are run. What is set here beats the construct's own choice.
 */
export interface FunctionSettings {
  /**
   * Processor architecture. Native layers are shipped for arm64; for x86_64, pass them.
   *
   * @default lambda.Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Node.js runtime, nodejs20.x or newer.
   *
   * @default lambda.Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * Memory of each function in MiB.
   *
   * @default - what each function needs, 256 to 2048
   */
  readonly memorySize?: number;

  /**
   * How long the logs of the functions, and of APIs made for them, are kept.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Key that encrypts the logs. CloudWatch Logs is allowed to use it; the policy of an imported key must do so already.
   *
   * @default - encrypted by CloudWatch Logs with a key of its own
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Whether calls of the functions are traced with X-Ray.
   *
   * @default true
   */
  readonly tracingEnabled?: boolean;

  /**
   * Layer with sharp's native part, for an architecture that is not shipped.
   *
   * @default - the shipped layer (arm64)
   */
  readonly sharpLayer?: lambda.ILayerVersion;

  /**
   * Layer with ONNX Runtime, for an architecture that is not shipped.
   *
   * @default - the shipped layer (arm64)
   */
  readonly onnxRuntimeLayer?: lambda.ILayerVersion;
}
