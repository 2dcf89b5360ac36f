/** `npm start` as a person runs it: the shop answers, mistakes are told in one line, and nothing is left running. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { until } from '../local/support';
import { answers, freePorts, NpmStart, occupy, running } from './npm-start';

jest.setTimeout(240_000);

let directory: string;
let port: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'npm-start-'));
  port = await freePorts();
});

afterAll(() => rmSync(directory, { recursive: true }));

interface PhotoList {
  items: { id: string; variants: { address: string; format: string }[] }[];
}

interface ProductPage {
  items: { skus: string[]; image: string; price: object }[];
  total: number;
}

async function read<T>(answer: Response): Promise<T> {
  return (await answer.json()) as T;
}

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

describe('mistakes end it with code 1 and one line that says what to do', () => {
  async function refused(args: string[], environment?: Record<string, string>): Promise<string> {
    const start = new NpmStart(args, environment);
    const code = await start.ended;
    expect({ code, stdout: start.stdout }).toEqual({ code: 1, stdout: '' });
    const said = start.stderr.split('\n').filter((line) => line && !/^ +\d+\.\d s {2}/.test(line));
    expect(said).toHaveLength(1);
    return said[0];
  }

  test('an option that there is not', async () => {
    expect(await refused(['--colour'])).toBe(`Unknown option '--colour'; "npm start -- --help" lists what there is`);
  });

  test('a catalogue file that cannot be read, with its line', async () => {
    const broken = file('broken.yaml', '- id: mug\n  name: [Mug\n- id: tray\n');
    expect(await refused(['--catalogue', broken])).toMatch(/broken\.yaml:\d: /);
  });

  test('a catalogue file that is not there', async () => {
    expect(await refused(['--catalogue', join(directory, 'absent.csv')])).toContain('absent.csv does not exist');
  });

  test('a port in use, also one of those after the first', async () => {
    const release = await occupy(port + 5);
    const line = await refused(['--port', String(port)]);
    await release();
    expect(line).toMatch(new RegExp(`^port ${port + 5} is in use, .*--port$`));
  });

  test('a Python that there is not', async () => {
    const line = await refused(['--port', String(port)], { PYTHON: join(directory, 'no-python') });
    expect(line).toMatch(/no-python, which does not run: name Python 3\.10 or newer/);
  });
});

describe('an interrupted start leaves nothing running, even when it is interrupted twice', () => {
  test.each([
    ['Ctrl-C', (start: NpmStart) => start.ctrlC(), 130],
    ['SIGTERM to npm', (start: NpmStart) => start.signal('SIGTERM'), 143],
  ])('%s while the shop is built and synthesized', async (_, interrupt, code) => {
    const temporary = mkdtempSync(join(directory, 'temporary-'));
    const start = new NpmStart(['--port', String(port)], { TMPDIR: temporary });
    await start.said('Starting the local cloud');
    const processes = start.processes();
    expect(processes.length).toBeGreaterThan(2);

    interrupt(start);
    interrupt(start);

    expect(await start.ended).toBe(code);
    expect(running(processes)).toEqual([]);
    // Caches of node and tsx may stay.
    expect(readdirSync(temporary).filter((name) => /shop|cloud/.test(name))).toEqual([]);
  });

  test('SIGTERM while Python packages are installed for the first time', async () => {
    const start = new NpmStart(['--port', String(port)], { XDG_CACHE_HOME: join(directory, 'cache') });
    const processes = await until(async () => {
      const pids = start.processes();
      return running(pids).some((line) => line.includes('-m venv')) && pids;
    }, 120);

    start.signal('SIGTERM');
    start.signal('SIGTERM');

    expect(await start.ended).toBe(143);
    expect(running(processes)).toEqual([]);
  });
});

test('what is kept is there at the next start', async () => {
  const catalogue = file('kept.csv', 'id,name,category,price,stock\nmug,Mug,kitchen,9.50,5\nbad,Bad,kitchen,cheap,5\n');
  const args = ['--port', String(port), '--catalogue', catalogue, '--keep'];
  const environment = { SHOP_STATE: join(directory, 'state') };

  const first = new NpmStart(args, environment);
  const { urls } = await first.ready();
  expect(first.stderr).toContain('1 products imported, 1 rows rejected');
  expect(first.stderr).toContain('kept.csv:3: price "cheap" must be a decimal');
  const cart = await read<{ id: string }>(await fetch(`${urls.api}/v1/carts`, { method: 'POST' }));
  const otherPorts = ['--port', String(await freePorts()), '--catalogue', catalogue, '--keep'];
  const second = new NpmStart(otherPorts, environment);
  expect(await second.ended).toBe(1);
  expect(second.stderr).toMatch(/another local cloud \(process \d+\) uses .*state/);
  first.signal('SIGTERM');
  expect(await first.ended).toBe(0);

  const next = new NpmStart(args, environment);
  await next.ready();
  const found = await fetch(`${urls.api}/v1/carts/${cart.id}`);
  expect(await found.json()).toMatchObject({ id: cart.id });
  next.signal('SIGTERM');
  expect(await next.ended).toBe(0);
});

describe('with the catalogue of the examples', () => {
  let start: NpmStart;
  let urls: Awaited<ReturnType<NpmStart['ready']>>['urls'];
  let said: Awaited<ReturnType<NpmStart['ready']>>;

  beforeAll(async () => {
    start = new NpmStart(['--port', String(port)]);
    said = await start.ready();
    urls = said.urls;
  });

  test('standard output has one line, with bare origins on this machine', () => {
    expect(start.stdout.trimEnd()).not.toContain('\n');
    expect(said.ready).toBe(true);
    expect(urls.shop).toBe(`http://127.0.0.1:${port}`);
    for (const url of Object.values(urls)) expect(url).toBe(new URL(url).origin);
  });

  test('standard error tells the steps, where everything is, and what is not here', () => {
    for (const step of ['Building', 'Synthesizing', 'Deploying', 'Importing', 'Preparing pictures']) {
      expect(start.stderr).toMatch(new RegExp(`\\d+\\.\\d s  ${step}`));
    }
    for (const url of Object.values(urls)) expect(start.stderr).toContain(url);
    expect(start.stderr).toMatch(/ShopCatalogImport +\S+\.log/);
    expect(start.stderr).toContain('no throttling');
  });

  test('the keys that it tells open its cloud to an SDK, and the former ones do not', async () => {
    const { environment } = said;
    for (const [name, value] of Object.entries(environment)) expect(start.stderr).toContain(`export ${name}=${value}`);
    const buckets = (accessKeyId: string, secretAccessKey: string) =>
      new S3Client({
        endpoint: environment.AWS_ENDPOINT_URL,
        region: environment.AWS_REGION,
        credentials: { accessKeyId, secretAccessKey },
      }).send(new ListBucketsCommand({}));
    const { Buckets = [] } = await buckets(environment.AWS_ACCESS_KEY_ID, environment.AWS_SECRET_ACCESS_KEY);
    expect(Buckets.map(({ Name }) => Name)).toContainEqual(expect.stringContaining('catalog'));
    await expect(buckets('test', 'test')).rejects.toThrow('does not exist in our records');
  });

  test('shop and API have the products, with pictures', async () => {
    const page = await fetch(urls.shop);
    expect(page.headers.get('content-type')).toContain('text/html');
    const products = await read<ProductPage>(await fetch(`${urls.shop}/v1/products?limit=100`));
    expect(products).toEqual(await (await fetch(`${urls.api}/v1/products?limit=100`)).json());
    expect(products.total).toBeGreaterThan(20);
    const ids = [...new Set(products.items.map(({ image }) => image))];
    const query = ids.map(encodeURIComponent).join(',');
    const { items: photos } = await read<PhotoList>(await fetch(`${urls.shop}/v1/photos?id=${query}`));
    expect(photos.map(({ id }) => id)).toEqual(ids);
    for (const { variants } of photos) {
      expect(variants).not.toEqual([]);
      for (const { address, format } of variants) {
        const picture = await fetch(urls.shop + address);
        expect([picture.status, picture.headers.get('content-type')]).toEqual([200, `image/${format}`]);
      }
    }
  });

  test('an order is mailed, with a link to its page in this shop', async () => {
    const [product] = (await read<ProductPage>(await fetch(`${urls.api}/v1/products?limit=1`))).items;
    const send = (method: string, path: string, body?: object, headers = {}) =>
      fetch(`${urls.api}/v1${path}`, {
        method,
        body: body && JSON.stringify(body),
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      });
    const cart = await read<{ id: string }>(await send('POST', '/carts'));
    await send('PUT', `/carts/${cart.id}/items/${product.skus[0]}`, { quantity: 1 });
    const order = await send(
      'POST',
      `/carts/${cart.id}/checkout`,
      {
        contact: { name: 'Ada', email: 'ada@example.com' },
        address: { line1: '1 Mill Lane', city: 'York', country: 'GB' },
        payment: { method: 'cash_on_delivery' },
        expectedTotal: product.price,
      },
      { 'idempotency-key': 'first-order' },
    );
    expect(order.status).toBe(201);
    const { id } = (await read<{ order: { id: string } }>(order)).order;

    const mail = await until(async () => {
      const mails = await read<{ to: string[]; text: string }[]>(await fetch(`${urls.mail}/mails.json`));
      return mails.find(({ to }) => to.join().includes('ada@example.com'));
    });
    expect(mail.text).toContain(`${urls.shop}/orders/${id}`);
  });

  test('answers on this machine only', async () => {
    const addresses = Object.values(networkInterfaces())
      .flat()
      .flatMap((one) => (one?.family === 'IPv4' && !one.internal ? [one.address] : []));
    for (const url of Object.values(urls)) {
      const ownPort = Number(new URL(url).port);
      expect(await answers('127.0.0.1', ownPort)).toBe(true);
      // Linux answers at every address in 127.0.0.0/8 for a server that listens on all addresses.
      for (const address of ['127.0.0.2', ...addresses]) expect(await answers(address, ownPort)).toBe(false);
    }
  });

  test('a second one is refused', async () => {
    const second = new NpmStart(['--port', String(port)]);
    expect(await second.ended).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`^port ${port} is in use, perhaps by a shop that already runs`));
  });

  test('SIGTERM ends all of it', async () => {
    const processes = start.processes();
    expect(processes.length).toBeGreaterThan(5);
    start.signal('SIGTERM');
    expect(await start.ended).toBe(0);
    expect(running(processes)).toEqual([]);
    for (const url of Object.values(urls)) expect(await answers('127.0.0.1', Number(new URL(url).port))).toBe(false);
  });
});
