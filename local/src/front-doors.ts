import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { control } from './control';
import type { DeployedStack } from './deployed-stack';
import { HttpServer } from './http-server';
import type { Mailbox } from './mailbox';

export interface FrontDoorOptions {
  /**
   * First of the consecutive ports.
   *
   * @default - free ports
   */
  readonly port?: number;
}

export interface FrontDoors {
  /** Bare origin of each CloudFront distribution, by logical id. */
  readonly sites: Record<string, string>;
  /** Bare origin of each HTTP API, by logical id. */
  readonly apis: Record<string, string>;
  /** Pages of the mailbox; `/mails.json` has the same as JSON. */
  readonly mail: string;
}

/** One plain port for each thing that a person opens: the emulator itself tells them apart by host name. */
export class FrontDoorKeeper {
  private readonly servers: HttpServer[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly endpoint: string,
    private readonly mailbox: Mailbox,
  ) {}

  async open(stacks: DeployedStack[], options: FrontDoorOptions): Promise<FrontDoors> {
    await this.close();
    const domains = await control<Record<string, string>>(this.endpoint, 'distributions');
    const resources = stacks.flatMap((stack) => stack.resources);
    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    const sites: Record<string, string> = {};
    const apis: Record<string, string> = {};
    for (const { logicalId, physicalId } of ofType('AWS::CloudFront::Distribution')) {
      const label = domains[physicalId].split('.')[0];
      sites[logicalId] = await this.proxy(options, `${label}.cloudfront.localhost`);
    }
    for (const { logicalId, physicalId } of ofType('AWS::ApiGatewayV2::Api')) {
      apis[logicalId] = await this.proxy(options, `${physicalId}.execute-api.localhost`);
    }
    const mail = await this.listen(options, (request, response) => this.mailbox.serve(request, response));
    return { sites, apis, mail };
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
  }

  private proxy(options: FrontDoorOptions, host: string): Promise<string> {
    return this.listen(options, (request, response) => this.forward(request, response, host));
  }

  private async listen(
    options: FrontDoorOptions,
    handler: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
  ): Promise<string> {
    const port = options.port === undefined ? 0 : options.port + this.servers.length;
    const server = await HttpServer.start(port, handler);
    this.servers.push(server);
    return server.url;
  }

  private forward(request: IncomingMessage, response: ServerResponse, host: string): Promise<void> {
    const { hostname, port } = new URL(this.endpoint);
    return new Promise((resolve, reject) => {
      const upstream = httpRequest(
        {
          agent: this.agent,
          hostname,
          port,
          method: request.method,
          path: request.url,
          // Over plain http CloudFront would redirect to https, and policies on aws:SecureTransport would deny.
          headers: { ...request.headers, host: `${host}:${port}`, 'x-forwarded-proto': 'https' },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          answer.on('end', resolve);
          answer.on('error', reject);
        },
      );
      upstream.on('error', reject);
      response.on('close', () => upstream.destroy());
      request.pipe(upstream);
    });
  }
}
