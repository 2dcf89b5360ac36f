import { createServer } from 'node:net';
import { DemoError } from './errors';

/** @throws DemoError naming the first of the consecutive ports that is taken */
export async function assertPortsAreFree(first: number, count: number): Promise<void> {
  for (let port = first; port < first + count; port++) {
    await listenAndClose(port).catch((error: NodeJS.ErrnoException) => {
      throw new DemoError(
        error.code === 'EADDRINUSE'
          ? `port ${port} is in use, perhaps by a shop that already runs: stop it, or give other ports with --port`
          : `port ${port} cannot be opened (${error.code}): give other ports with --port`,
      );
    });
  }
}

function listenAndClose(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
