import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalCloudError } from './errors';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** An HTTP server on 127.0.0.1. */
export class HttpServer {
  /** @param port 0 for a free one */
  static async start(port: number, handler: Handler): Promise<HttpServer> {
    const server = createServer((request, response) => {
      Promise.resolve()
        .then(() => handler(request, response))
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

  /** Bare origin, such as `http://127.0.0.1:8080`. */
  readonly url: string;

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
