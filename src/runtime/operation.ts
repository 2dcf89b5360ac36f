/** The part of ajv's error object that is used here. */
export interface Violation {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A validator compiled by ajv. It fills in defaults. */
export type Validate = ((request: unknown) => boolean) & { errors?: readonly Violation[] | null };

/** Who may call an operation; `optional`: guests, and customers by name. */
export type SignIn = 'none' | 'optional' | 'customer' | 'staff';

/** What the generated code tells about one operation. */
export interface OperationDescription {
  /** Method and path without the version prefix, such as `GET /products/{id}`. */
  readonly route: string;
  readonly query: Readonly<Record<string, 'string' | 'integer' | 'array'>>;
  /** Names of the headers that are parameters, in lower case. */
  readonly headers: readonly string[];
  /** Codes of the problem when a parameter is absent, by name of the parameter. */
  readonly missing: Readonly<Record<string, string>>;
  /** Codes of the problem when a path parameter cannot be the name of anything. */
  readonly invalid: Readonly<Record<string, string>>;
  readonly mediaTypes: readonly string[];
  readonly bodyRequired: boolean;
  /** Whether the body is handed on as the bytes that were sent, whatever its media type. */
  readonly rawBody: boolean;
  readonly maxBodyBytes: number;
  readonly signIn: SignIn;
  /** Staff with any of them may call it. */
  readonly roles: readonly string[];
  /** Status of each problem code that the operation documents. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Statuses whose answers have a `Retry-After`. */
  readonly retryAfter: readonly number[];
  readonly validate: Validate;
}
