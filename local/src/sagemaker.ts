import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from './control';
import { HttpServer, readBody } from './http-server';

export interface ModelRequest {
  readonly body: Buffer;
  readonly contentType: string;
  readonly accept: string;
}

export interface ModelReply {
  readonly body: string | Uint8Array;
  /** @default application/json */
  readonly contentType?: string;
}

export interface EndpointOptions {
  /**
   * What answers behind the endpoint: a function, or the address of a running server that speaks SageMaker's container
   * contract (`GET /ping`, `POST /invocations`).
   */
  readonly modelServer: string | ((request: ModelRequest) => ModelReply | Promise<ModelReply>);
}

/** A served endpoint. What it is told here holds from the next call on. */
export class SageMakerEndpoint {
  private delayMs = 0;
  private failure?: { status: number; message: string };

  constructor(
    /** Address of its model server. */
    readonly url: string,
    private readonly server?: HttpServer,
  ) {}

  /** Answers only after so many milliseconds. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Makes the model fail, as one does that throws: InvokeEndpoint answers ModelError. */
  fail(status = 500, message = 'model failed'): void {
    this.failure = { status, message };
  }

  /** Works and is quick again. */
  heal(): void {
    this.delayMs = 0;
    this.failure = undefined;
  }

  /** @internal */
  async beforeReply(): Promise<{ status: number; message: string } | undefined> {
    if (this.delayMs > 0) await sleep(this.delayMs, undefined, { ref: false });
    return this.failure;
  }

  /** @internal */
  async stop(): Promise<void> {
    await this.server?.stop();
  }
}

/** SageMaker real-time endpoints: functions reach them by `sagemaker:InvokeEndpoint`, which their role must allow. */
export class SageMaker {
  private readonly endpoints = new Map<string, SageMakerEndpoint>();

  /** @internal */
  constructor(private readonly control: Control) {}

  /** Puts an endpoint of that name into service, in place of the one before. */
  async serve(endpointName: string, options: EndpointOptions): Promise<SageMakerEndpoint> {
    await this.endpoints.get(endpointName)?.stop();
    const { modelServer } = options;
    const model = typeof modelServer === 'string' ? serverModel(modelServer) : modelServer;
    const server = await HttpServer.start(0, this.control, async (request, response) => {
      const body = await readBody(request);
      if (request.url === '/ping') {
        response.writeHead(200).end();
        return;
      }
      const failure = await served.beforeReply();
      if (failure) {
        response.writeHead(failure.status, { 'content-type': 'text/plain' }).end(failure.message);
        return;
      }
      const { 'content-type': contentType = 'application/octet-stream', accept = '*/*' } = request.headers;
      const reply = await Promise.resolve(model({ body, contentType, accept })).catch((error: Error) => error);
      if (reply instanceof Error) response.writeHead(500, { 'content-type': 'text/plain' }).end(reply.message);
      else response.writeHead(200, { 'content-type': reply.contentType ?? 'application/json' }).end(reply.body);
    });
    const served = new SageMakerEndpoint(server.url, server);
    this.endpoints.set(endpointName, served);
    await this.announce();
    return served;
  }

  /** Takes an endpoint out of service: calls to it then answer ValidationError. */
  async remove(endpointName: string): Promise<void> {
    await this.endpoints.get(endpointName)?.stop();
    this.endpoints.delete(endpointName);
    await this.announce();
  }

  /** @internal */
  async stop(): Promise<void> {
    await Promise.all([...this.endpoints.values()].map((served) => served.stop()));
  }

  private async announce(): Promise<void> {
    const addresses = [...this.endpoints].map(([name, served]) => [name, served.url]);
    await this.control.ask('sagemaker', Object.fromEntries(addresses));
  }
}

function serverModel(url: string) {
  return async ({ body, contentType, accept }: ModelRequest): Promise<ModelReply> => {
    const headers = { 'content-type': contentType, accept };
    const answer = await fetch(`${url}/invocations`, { method: 'POST', body: new Uint8Array(body), headers });
    if (!answer.ok) throw new Error(await answer.text());
    return {
      body: new Uint8Array(await answer.arrayBuffer()),
      contentType: answer.headers.get('content-type') ?? undefined,
    };
  };
}
