import type { OperationDescription } from './operation';
import { Refusal } from './refusal';
import { type Fault, fault, faultsOf, REQUIRED } from './violations';

const MAX_FAULTS = 20;

/**
 * The declared query parameters, each as its type says. A value that cannot be read as its type stays a string, for
 * validation to refuse.
 *
 * @throws Refusal `invalid_request` that names every unknown and every repeated parameter: a misspelt filter would
 * otherwise answer with everything
 */
export function readQuery({ query }: OperationDescription, rawQueryString: string): Record<string, unknown> {
  const sent = new URLSearchParams(rawQueryString);
  const names = [...new Set(sent.keys())];
  refuse([
    ...names.filter((name) => !Object.hasOwn(query, name)).map((name) => fault('/query', name, 'is not known')),
    ...names.filter((name) => sent.getAll(name).length > 1).map((name) => fault('/query', name, 'is given twice')),
  ]);
  return Object.fromEntries([...sent].map(([name, value]) => [name, convert(value, query[name])]));
}

/**
 * @throws Refusal with the operation's code when a path parameter cannot be the name of anything or a parameter with a
 * code is absent, otherwise `invalid_request` with a list of what is wrong
 */
export function validate(operation: OperationDescription, request: unknown): void {
  if (operation.validate(request)) return;
  const faults = faultsOf(operation.validate.errors);
  for (const { pointer } of faults) {
    const [, place, name] = pointer.split('/');
    if (place === 'path') throw new Refusal(operation.invalid[name], 'There is nothing of this name.');
  }
  for (const { pointer, detail } of faults) {
    const code = operation.missing[pointer.split('/')[2]];
    if (code && detail === REQUIRED) throw new Refusal(code, `${pointer.split('/')[2]} ${REQUIRED}.`);
  }
  refuse(faults);
}

function refuse(faults: Fault[]): void {
  if (faults.length === 0) return;
  throw new Refusal('invalid_request', 'The request breaks the rules of this operation.', {
    errors: faults.slice(0, MAX_FAULTS),
  });
}

function convert(value: string, kind: 'string' | 'integer' | 'array'): unknown {
  if (kind === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value);
  return kind === 'array' ? value.split(',') : value;
}
