import { STATUS_CODES } from 'node:http';
import type { Refusal } from './refusal';

/** A refusal as an RFC 9457 problem document; its facts are further members. */
export function problemOf({ code, detail, facts }: Refusal, status: number): Record<string, unknown> {
  return { ...facts, type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail };
}

/**
 * An answer that says what went wrong: thrown anywhere below an HTTP handler, sent as an RFC 9457 problem document.
 * Everything in it is shown to the caller.
 */
export class Problem extends Error {
  /**
   * @param code stable snake_case name of the problem; it is listed in the `x-codes` of the operation's responses
   * @param detail what went wrong, in words for people
   * @param extra further members of the document, such as `shortfalls`
   * @param headers further headers of the answer, such as `retry-after`
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail?: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail ?? code);
    this.name = 'Problem';
  }

  toJSON(): Record<string, unknown> {
    const { status, code, detail, extra } = this;
    return { ...extra, type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail };
  }
}
