import { createReadStream, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, resolve } from 'node:path';
import type { HttpServer } from '../../local/src';
import type { ConsoleReply, ConsoleRoute } from './messages';
import { type ConsoleContext, consoleRoutes } from './routes';

const PUBLIC = join(__dirname, 'public');
const STOREFRONT = resolve(__dirname, '../../web/src');
const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const MAX_BODY_BYTES = 24 * 1024 * 1024;
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The console's pages, and what they ask of the local cloud, as root: the cloud's gate lets nobody else's pages ask. */
export class ConsoleServer {
  static async start(port: number, context: ConsoleContext): Promise<ConsoleServer> {
    const files = servedFiles();
    const routes = consoleRoutes(context);
    const server = await context.cloud.serve(port, (request, response) =>
      answer(request, response, routes, files).catch((error: Error) => {
        if (response.headersSent) response.destroy();
        else send(response, { status: 500, body: { detail: error.message } });
      }),
    );
    return new ConsoleServer(server);
  }

  /** Bare origin. */
  readonly url: string;

  private constructor(private readonly server: HttpServer) {
    this.url = server.url;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Record<string, ConsoleRoute>,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://console');
  const route = routes[`${request.method} ${pathname}`];
  if (route) {
    const body = await readBody(request);
    if (body) send(response, await route({ query: searchParams, headers: request.headers, body }));
    else send(response, { status: 413, body: { detail: `More than ${MAX_BODY_BYTES / 1024 / 1024} MiB.` } });
    return;
  }
  const file = files.get(pathname === '/' ? 'index.html' : pathname.slice(1));
  if (request.method !== 'GET' || !file) {
    send(response, { status: 404, body: { detail: 'There is no such page.' } });
    return;
  }
  response.writeHead(200, { ...HEADERS, 'content-type': CONTENT_TYPES[extname(file)] });
  createReadStream(file).pipe(response);
}

/** The pages by name. Colours, type and icon are the storefront's own files. */
function servedFiles(): Map<string, string> {
  return new Map([
    ...readdirSync(PUBLIC).map((name) => [name, join(PUBLIC, name)] as const),
    ['tokens.css', join(STOREFRONT, 'styles/tokens.css')],
    ['base.css', join(STOREFRONT, 'styles/base.css')],
    ['favicon.svg', join(STOREFRONT, 'favicon.svg')],
  ]);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status = 200, body, contentType }: ConsoleReply): void {
  const bytes = body instanceof Uint8Array ? body : JSON.stringify(body);
  response.writeHead(status, { ...HEADERS, 'content-type': contentType ?? 'application/json' }).end(bytes);
}
