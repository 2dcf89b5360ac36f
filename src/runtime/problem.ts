import { STATUS_CODES } from 'node:http';
import type { Refusal } from './refusal';

/** A refusal as an RFC 9457 problem document; its facts are further members. */
export function problemOf({ code, detail, facts }: Refusal, status: number): Record<string, unknown> {
  return { ...facts, type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail };
}
