/** A mistake the person can mend: its message is one line that says how, and is shown without a stack trace. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';
}
