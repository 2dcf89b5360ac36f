import type { Validate, Violation } from './operation';

/** What is wrong with a value, in words for people. */
export interface Fault {
  /** JSON pointer. */
  readonly pointer: string;
  readonly detail: string;
}

export const REQUIRED = 'is required';

const MAX_NAME_LENGTH = 100;
const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'an integer',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

const FORMATS: Record<string, string> = {
  line: 'text on one line, not blank, and without characters that cannot be seen',
};

/** More than these are looked up in the document. */
const LISTED = 20;

const UNITS: Record<string, string> = {
  minimum: '',
  maximum: '',
  minLength: ' characters long',
  maxLength: ' characters long',
  minItems: ' entries',
  maxItems: ' entries',
};

/** What a validator found. Values are not repeated, only names and rules. */
export function faultsOf(errors: Validate['errors']): Fault[] {
  return (errors ?? []).map(explain);
}

export function fault(parent: string, name: string, detail: string): Fault {
  const escaped = name.slice(0, MAX_NAME_LENGTH).replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${parent}/${escaped}`, detail };
}

function explain({ instancePath, keyword, params }: Violation): Fault {
  switch (keyword) {
    case 'required':
      return fault(instancePath, params.missingProperty as string, REQUIRED);
    case 'additionalProperties':
      return fault(instancePath, params.additionalProperty as string, 'is not known');
    case 'type':
      return { pointer: instancePath, detail: `must be ${TYPES[params.type as string]}` };
    case 'enum':
      return { pointer: instancePath, detail: `must be ${oneOf(params.allowedValues as unknown[])}` };
    case 'format':
      return { pointer: instancePath, detail: `must be ${FORMATS[params.format as string] ?? params.format}` };
    case 'minimum':
    case 'minLength':
    case 'minItems':
      return { pointer: instancePath, detail: `must be at least ${params.limit}${UNITS[keyword]}` };
    case 'maximum':
    case 'maxLength':
    case 'maxItems':
      return { pointer: instancePath, detail: `must be at most ${params.limit}${UNITS[keyword]}` };
    case 'uniqueItems':
      return { pointer: instancePath, detail: 'must not name anything twice' };
    case 'pattern':
      return { pointer: instancePath, detail: `must match ${params.pattern}` };
    default:
      return { pointer: instancePath, detail: 'is not valid' };
  }
}

function oneOf(values: readonly unknown[]): string {
  if (values.length <= LISTED) return `one of: ${values.join(', ')}`;
  return `one of the ${values.length} values that the API document lists, such as ${values[0]}`;
}
