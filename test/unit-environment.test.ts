import { execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LocalCloud } from '../local/src';

const STARTS_NOTHING =
  /^A unit test starts .*node.*\. A test that needs it is end to end: name its file \*\.e2e\.test\.ts\.$/;

test.each(Object.entries({ execFile, execFileSync, execSync, fork, spawn, spawnSync }))('%s is refused', (_, start) => {
  expect(() => start(process.execPath, ['--version'] as never)).toThrow(STARTS_NOTHING);
});

test('a local cloud is refused', async () => {
  await expect(LocalCloud.start()).rejects.toThrow(/A unit test starts .*python/);
});

test('whoever is not on this machine is not asked', async () => {
  await expect(fetch('http://198.51.100.7/')).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/^A unit test connects to 198\.51\.100\.7\./) },
  });
  expect(() => get('https://example.com/')).toThrow(/^A unit test connects to example\.com\./);
});

test('a server of the test itself is asked as ever', async () => {
  const server = createServer((_, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('here');
  } finally {
    server.close();
  }
});
