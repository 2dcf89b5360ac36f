import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchange } from '../../../src/runtime/aws/transport';

test('who waits for one of the connections that there may be is not told that there is none', async () => {
  const server = createServer((_, response) => void setTimeout(() => response.end('done'), 1000));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const request = { url, method: 'GET', path: '/', headers: { host: url.host } };
    const limits = { connect: 500, whole: 10_000 };
    const answers = await Promise.all(Array.from({ length: 60 }, () => exchange(request, limits)));
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
