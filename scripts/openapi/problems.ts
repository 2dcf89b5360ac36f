import { deref, type Json, type JsonObject, object } from '../generator/json';

/** A response of an operation that is a problem document. */
export interface ProblemResponse {
  readonly status: number;
  readonly codes: readonly string[];
  /** Whether the response declares the header `Retry-After`. */
  readonly retryAfter: boolean;
}

/**
 * The responses from 400 on. Their `x-codes` are the only place that gives a code its status, so they must be whole:
 * `expected` names what must be among them.
 */
export function readProblems(
  document: JsonObject,
  where: string,
  responses: Json | undefined,
  expected: readonly (readonly [status: number, code: string])[],
  faults: string[],
): ProblemResponse[] {
  const problems = Object.entries(object(responses))
    .filter(([status]) => Number(status) >= 400)
    .map(([status, response]) => readProblem(document, where, Number(status), response, faults));
  const codes = problems.flatMap((it) => it.codes);
  for (const code of new Set(codes.filter((it, index) => codes.indexOf(it) !== index))) {
    faults.push(`${where}: ${code} is listed twice; a code has one status`);
  }
  for (const [status, code] of expected) {
    const listed = problems.some((it) => it.status === status && it.codes.includes(code));
    if (!listed) faults.push(`${where}: response ${status} does not list ${code}`);
  }
  return problems;
}

function readProblem(
  document: JsonObject,
  where: string,
  status: number,
  response: Json,
  faults: string[],
): ProblemResponse {
  const { 'x-codes': listed, content, headers } = deref(document, response);
  const codes = Array.isArray(listed) ? (listed as string[]) : [];
  const retryAfter = 'Retry-After' in object(headers);
  if (codes.length === 0) faults.push(`${where}: response ${status} lacks x-codes`);
  if (!object(content)['application/problem+json']) {
    faults.push(`${where}: response ${status} is no problem document`);
  }
  if (codes.includes('busy') && !retryAfter) faults.push(`${where}: response ${status} lacks the header Retry-After`);
  return { status, codes, retryAfter };
}
