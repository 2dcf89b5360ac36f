import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  /** As it came over the wire, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * What happens to a request: an answer, or a connection that is reset before one, breaks off in the middle of one, or
 * stays silent.
 */
export type Fate = Answer | 'reset' | 'cut off' | 'silent';

/** Stands in for a service of AWS and does to each request what the script says; the last line holds for all after. */
export class ScriptedServer {
  static async start(): Promise<ScriptedServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedServer(server);
  }

  readonly received: ReceivedRequest[] = [];
  private script: Fate[] = [{}];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  play(...script: Fate[]): void {
    this.script = script;
    this.received.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    this.received.push({ method, path, headers: headers as Record<string, string>, body: Buffer.concat(chunks) });
    const fate = this.script.length > 1 ? (this.script.shift() as Fate) : this.script[0];
    if (fate === 'silent') return;
    if (fate === 'reset') return void request.socket.destroy();
    if (fate === 'cut off') {
      response.writeHead(200, { 'content-length': '100' }).write('{"Item": ');
      return void setImmediate(() => request.socket.destroy());
    }
    const { status = 200, headers: answerHeaders = {}, body = '{}' } = fate;
    response.writeHead(status, { ...answerHeaders, connection: 'close' }).end(method === 'HEAD' ? undefined : body);
  }
}
