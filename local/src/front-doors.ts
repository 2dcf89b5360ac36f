import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Control } from './control';
import type { DeployedStack } from './deployed-stack';
import { type Handler, HttpServer } from './http-server';
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
  private readonly added: HttpServer[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly control: Control,
    private readonly mailbox: Mailbox,
  ) {}

  async open(stacks: DeployedStack[], options: FrontDoorOptions): Promise<FrontDoors> {
    await this.close();
    const domains = await this.control.ask<Record<string, string>>('distributions');
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
    const mail = await HttpServer.start(this.nextPort(options), this.control, (request, response) =>
      this.mailbox.serve(request, response),
    );
    this.servers.push(mail);
    await this.admitPages();
    return { sites, apis, mail: mail.url };
  }

  /** Opens a server of the caller's on a port of its own; its pages may use the cloud as a site's may. */
  async add(port: number, handler: Handler): Promise<HttpServer> {
    const server = await HttpServer.start(port, this.control, handler);
    this.added.push(server);
    await this.admitPages();
    return server;
  }

  /** From now on pages of what is open may use the cloud from a browser. */
  private async admitPages(): Promise<void> {
    const ports = [...this.servers, ...this.added].map((server) => server.port);
    await this.control.ask('pages', ports);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
  }

  async closeAll(): Promise<void> {
    await Promise.all([this.close(), ...this.added.splice(0).map((server) => server.stop())]);
  }

  private async proxy(options: FrontDoorOptions, host: string): Promise<string> {
    const door = await HttpServer.startDoor(this.nextPort(options), (request, response) =>
      this.forward(request, response, this.control.doorHeaders(door.port, host)),
    );
    this.servers.push(door);
    return door.url;
  }

  private nextPort({ port }: FrontDoorOptions): number {
    return port === undefined ? 0 : port + this.servers.length;
  }

  private forward(
    request: IncomingMessage,
    response: ServerResponse,
    doorHeaders: Record<string, string>,
  ): Promise<void> {
    const { hostname, port } = new URL(this.control.endpoint);
    return new Promise((resolve, reject) => {
      const upstream = httpRequest(
        {
          agent: this.agent,
          hostname,
          port,
          method: request.method,
          path: request.url,
          headers: { ...request.headers, ...doorHeaders },
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
