/** DynamoDB's errors, as its client gives them. */
import { AwsError, type CancellationReason } from '../../src/runtime/aws/error';

export function conditionFailed(item: Record<string, unknown> | undefined): AwsError {
  return new AwsError('ConditionalCheckFailedException', 'The conditional request failed', { status: 400, item });
}

export function transactionCancelled(cancellationReasons: CancellationReason[]): AwsError {
  return new AwsError('TransactionCanceledException', 'Transaction cancelled', { status: 400, cancellationReasons });
}

export function conflict(): AwsError {
  return new AwsError('TransactionConflictException', 'Transaction is ongoing for the item', { status: 400 });
}

export function throttled(): AwsError {
  return new AwsError('ThrottlingException', 'Rate exceeded', { status: 400 });
}

export function timedOut(): AwsError {
  return new AwsError('TimeoutError', 'socket hang up', { status: 0, failure: 'passing' });
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { status: 400 });
}
