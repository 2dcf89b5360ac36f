/** What a caller may be told beside the code and the words, such as `shortfalls`. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * What the domain does not do, with the reason: the caller's to mend or to try again, never a fault of ours.
 * It knows no HTTP: which status a code is answered with stands in the operation's `openapi.yaml`.
 */
export class Refusal extends Error {
  /**
   * @param code stable snake_case name; clients rely on it
   * @param detail what went wrong, in words for people
   * @param facts everything in it is shown to the caller
   * @param retryAfter seconds after which the same request may succeed
   */
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly facts: Facts = {},
    readonly retryAfter?: number,
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

/** The same request may succeed a moment later: others are at the same things, or a service asked us to slow down. */
export class Busy extends Refusal {
  constructor(detail = 'Others change the same things at this moment. Send the same request again.', retryAfter = 1) {
    super('busy', detail, {}, retryAfter);
  }
}
