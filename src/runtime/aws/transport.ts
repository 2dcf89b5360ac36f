import type * as Http from 'node:http';
import type * as Https from 'node:https';
import { AwsError } from './error';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** With its query, as it goes over the wire. */
  readonly path: string;
  readonly headers: Http.OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** In milliseconds. */
export interface TimeLimits {
  /** Until the connection stands, TLS included. */
  readonly connect: number;
  /** Until the last byte of the answer is there. */
  readonly whole: number;
}

interface Transport {
  readonly request: typeof Http.request;
  readonly agent: Http.Agent;
}

const transports = new Map<string, Transport>();

/** As many as the SDK opens to a host. */
const MAX_SOCKETS = 50;

/**
 * Loads what a protocol needs, once; connections are kept open and shared by all clients. TLS costs 16 ms to load, so
 * it is loaded only if it is used, and while the execution environment starts rather than at the first call.
 */
export function prepareTransport(protocol: string): Transport {
  let transport = transports.get(protocol);
  if (!transport) {
    const { Agent, request }: typeof Http | typeof Https =
      protocol === 'http:' ? process.getBuiltinModule('node:http') : process.getBuiltinModule('node:https');
    transport = { request, agent: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }) };
    transports.set(protocol, transport);
  }
  return transport;
}

/**
 * Sends a request and reads the whole answer.
 *
 * @throws AwsError without a status when no complete answer came
 */
export function exchange(request: HttpRequest, limits: TimeLimits): Promise<HttpResponse> {
  const { url, method, path, headers, body } = request;
  const transport = prepareTransport(url.protocol);
  return new Promise((resolve, reject) => {
    const sent = transport.request({
      agent: transport.agent,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || undefined,
      method,
      path,
      headers,
    });
    const limit = (milliseconds: number, message: string) =>
      setTimeout(() => sent.destroy(timedOut(`${message} within ${milliseconds} ms`)), milliseconds);
    const timers = [limit(limits.whole, 'No complete answer')];
    const fail = (error: Error) => {
      for (const timer of timers) clearTimeout(timer);
      reject(unanswered(error, url));
    };
    sent.on('socket', (socket) => {
      // Not before: who waits for one of the connections that there may be is not connecting.
      if (!socket.connecting) return;
      const timer = limit(limits.connect, 'No connection');
      timers.push(timer);
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    });
    sent.on('error', fail);
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', fail);
      answer.on('end', () => {
        for (const timer of timers) clearTimeout(timer);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end(body);
  });
}

/** By the SDK these are time-outs too: the request may or may not have been carried out. */
const LOST_CONNECTION = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'];
const NO_NETWORK = ['EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'];

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}

function unanswered(error: NodeJS.ErrnoException, url: URL): AwsError {
  const code = error.code ?? '';
  const passing = LOST_CONNECTION.includes(code) || NO_NETWORK.includes(code);
  return new AwsError(LOST_CONNECTION.includes(code) ? 'TimeoutError' : error.name, `${url.host}: ${error.message}`, {
    status: 0,
    failure: passing ? 'passing' : 'final',
    cause: error,
  });
}
