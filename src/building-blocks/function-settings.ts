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
   * @default - arm64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Node.js runtime.
   *
   * @default - nodejs24.x
   */
  readonly runtime?: lambda.Runtime;

  /**
   * Memory of each function in MiB.
   *
   * @default - what each function needs: 256, and 1024 to 2048 for images and inference
   */
  readonly memorySize?: number;

  /**
   * How long logs are kept.
   *
   * @default - three months
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Key that encrypts the logs. Its policy must allow the CloudWatch Logs service to use it.
   *
   * @default - encrypted by CloudWatch Logs with a key of its own
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * X-Ray tracing.
   *
   * @default - active
   */
  readonly tracing?: lambda.Tracing;

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
