/** Names that ServiceApi and its function agree on. Literals only. */

export const API_ENV = {
  /** Comma-separated operation ids of what is deployed; the API document tells of these alone. */
  OPERATIONS: 'API_OPERATIONS',
  /** Name of the API, the title of its document. */
  NAME: 'API_NAME',
} as const;

/** Every route begins with this. */
export const API_PREFIX = '/v1';
