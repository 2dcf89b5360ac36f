/** Why a call failed, as far as it matters for trying again. */
export type Failure = 'throttled' | 'passing' | 'final';

/** One write of a cancelled transaction: `Code` is `None` where it was not to blame. */
export interface CancellationReason {
  readonly Code?: string;
  readonly Message?: string;
  /** The item as it is, where the write asked for it. */
  readonly Item?: Record<string, unknown>;
}

export interface AwsErrorDetails {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly requestId?: string;
  /** How long the service asks to wait. */
  readonly retryAfterMs?: number;
  readonly cancellationReasons?: CancellationReason[];
  /** The item as it is, of a write that failed its condition and asked for it. */
  readonly item?: Record<string, unknown>;
  readonly failure?: Failure;
  readonly cause?: unknown;
}

/** A call of an AWS service that failed: its name is the one that the SDK gives it. */
export class AwsError extends Error {
  readonly status: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  declare readonly cancellationReasons?: CancellationReason[];
  declare readonly item?: Record<string, unknown>;
  readonly failure: Failure;

  constructor(name: string, message: string, { failure, cause, ...details }: AwsErrorDetails) {
    super(message, { cause });
    this.name = name;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.failure = failure ?? failureOf(name, message, details.status);
    // What is in a table may be private: a logger that writes down an error's members must not find these.
    const hidden = { enumerable: false };
    Object.defineProperty(this, 'cancellationReasons', { ...hidden, value: details.cancellationReasons });
    Object.defineProperty(this, 'item', { ...hidden, value: details.item });
  }

  /** Whether the same call may succeed a moment later. */
  get retryable(): boolean {
    return this.failure !== 'final';
  }
}

/** The SDK's lists (`@smithy/core`, service-error-classification). */
const THROTTLING_NAMES = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
];
const PASSING_NAMES = [
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
  // Of DynamoDB's global tables; its model marks it as retryable.
  'ReplicatedWriteConflictException',
];
const PASSING_STATUSES = [500, 502, 503, 504];

function failureOf(name: string, message: string, status: number): Failure {
  if (status === 429 || THROTTLING_NAMES.includes(name)) return 'throttled';
  if (PASSING_NAMES.includes(name) || PASSING_STATUSES.includes(status)) return 'passing';
  if (name === 'InvalidSignatureException' && message.includes('Signature expired')) return 'passing';
  return 'final';
}
