import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Control } from './control';
import { LocalCloudError } from './errors';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Says why a request is not served, or nothing. */
type Guard = (request: IncomingMessage, port: number) => Promise<string | undefined>;

/** An HTTP server on 127.0.0.1. */
export class HttpServer {
  /**
   * Serves programs and its own pages, and nobody else's: the cloud's gate is asked about every request.
   *
   * @param port 0 for a free one
   */
  static start(port: number, control: Control, handler: Handler): Promise<HttpServer> {
    return HttpServer.listen(port, handler, async ({ method, url, headers }, own) => {
      const joined = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
      const request = { port: own, method, path: url, headers: Object.fromEntries(joined) };
      const { reason } = await control.ask<{ reason: string | null }>('refusal', request);
      return reason ?? undefined;
    });
  }

  /** Hands every request to `handler`, which passes it on with what the gate needs to judge it. */
  static startDoor(port: number, handler: Handler): Promise<HttpServer> {
    return HttpServer.listen(port, handler, async () => undefined);
  }

  private static async listen(port: number, handler: Handler, guard: Guard): Promise<HttpServer> {
    const server = createServer((request, response) => {
      guard(request, (server.address() as AddressInfo).port)
        .then((reason) => (reason === undefined ? handler(request, response) : refuse(response, reason)))
        .catch((error: Error) => {
          if (response.headersSent) response.destroy();
          else response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end(error.message);
        });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'EADDRINUSE'
            ? new LocalCloudError(`port ${port} is in use: stop what listens there, or choose another port`)
            : error,
        ),
      );
      server.listen(port, '127.0.0.1', resolve);
    });
    return new HttpServer(server);
  }

  readonly port: number;
  /** Bare origin, such as `http://127.0.0.1:8080`. */
  readonly url: string;

  private constructor(private readonly server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function refuse(response: ServerResponse, message: string): void {
  const headers = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' };
  response.writeHead(403, headers).end(JSON.stringify({ message }));
}
