import { AwsError, type AwsErrorDetails } from '../../../src/runtime/aws/error';

/** An error of the SDK's in our form, with whatever else is known of it. */
export async function withOurErrors<T>(
  call: Promise<T>,
  details: (error: Record<string, unknown>) => Partial<AwsErrorDetails> = () => ({}),
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    throw new AwsError(name, message, { status, ...details(error as never), cause: error });
  }
}
