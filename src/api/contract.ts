/** Names that ServiceApi and its function agree on. Literals only. */

export const API_ENV = {
  /**
   * What is deployed, separated by commas: of an operation of the API document its id, since the document knows its
   * route; of any other its route, such as `GET /notes/{id}`.
   */
  OPERATIONS: 'API_OPERATIONS',
  /** Name of the API, the title of its document. */
  NAME: 'API_NAME',
} as const;

/** Every route begins with this. */
export const API_PREFIX = '/v1';

/** Where the API document is, below the prefix. */
export const API_DOCUMENT = '/openapi.json';
