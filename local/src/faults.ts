import type { Control } from './control';

export interface Fault {
  /** Service name as in IAM actions, such as `dynamodb`, `sqs`, `s3`, `events`, `states`. */
  readonly service: string;
  /** API operation, such as `TransactWriteItems`. */
  readonly operation: string;
  /**
   * Error code that the call answers with. Three are special: `TransactionConflict` cancels a transaction with that
   * reason for one of its items; `ReplyLost` carries the call out and then answers InternalServerError; and the
   * retryable ones (`ThrottlingException`, `ProvisionedThroughputExceededException`, `SlowDown`) are retried by SDKs.
   */
  readonly error: string;
  /**
   * Share of the calls that are hit, 0 to 1.
   *
   * @default 1
   */
  readonly probability?: number;
  /**
   * Seed of the choice: the same calls in the same order are hit again.
   *
   * @default 0
   */
  readonly seed?: number;
  /**
   * Most calls that are hit.
   *
   * @default - no limit
   */
  readonly times?: number;
}

/** Errors that the emulator never makes by itself, struck into the calls of functions, never of the tester. */
export class Faults {
  /** @internal */
  constructor(private readonly control: Control) {}

  /** Adds a fault beside those that are active. */
  async inject(fault: Fault): Promise<void> {
    await this.control.ask('faults', fault);
  }

  async clear(): Promise<void> {
    await this.control.ask('faults', null);
  }
}
