import type { IncomingMessage } from 'node:http';

export interface ConsoleRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ConsoleReply {
  readonly status?: number;
  /** An object is sent as JSON. */
  readonly body: object | Uint8Array;
  readonly contentType?: string;
}

export type ConsoleRoute = (request: ConsoleRequest) => Promise<ConsoleReply> | ConsoleReply;
