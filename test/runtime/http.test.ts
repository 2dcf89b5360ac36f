import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { operations as catalogOperations } from '../../src/catalog/functions/catalog-query.api.generated';
import { operations as imageOperations } from '../../src/images/functions/image-query.api.generated';
import { operations as uploadOperations } from '../../src/images/functions/image-upload.api.generated';
import { operations as inferenceOperations } from '../../src/inference/functions/inference.api.generated';
import { operations as cartOperations } from '../../src/ordering/functions/cart.api.generated';
import { operations as checkoutOperations } from '../../src/ordering/functions/checkout.api.generated';
import { logger } from '../../src/runtime/entry';
import { httpHandler } from '../../src/runtime/http';
import { Busy, Refusal } from '../../src/runtime/refusal';
import { AGAIN, retry } from '../../src/runtime/retry';

const CART = 'A'.repeat(22);
const context = contextOf(10_000);

function contextOf(milliseconds: number): Context {
  return { awsRequestId: 'lambda-1', getRemainingTimeInMillis: () => milliseconds } as Context;
}

interface Sent {
  readonly path?: Record<string, string>;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

function event(routeKey: string, { path, query = '', headers = {}, body }: Sent = {}): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey,
    rawPath: '',
    rawQueryString: query,
    headers,
    pathParameters: path,
    requestContext: { requestId: 'request-1', http: { sourceIp: '203.0.113.9' } },
    body: body?.toString(Buffer.isBuffer(body) ? 'base64' : 'utf8'),
    isBase64Encoded: Buffer.isBuffer(body),
  } as unknown as APIGatewayProxyEventV2;
}

type Handler = ReturnType<typeof httpHandler>;

async function send(handler: Handler, routeKey: string, sent?: Sent) {
  const { statusCode, headers, body } = await handler(event(routeKey, sent), context);
  return { status: statusCode, headers, body: body === undefined ? undefined : JSON.parse(body) };
}

/** Handlers that answer with the request they were given. */
function echo<Operations extends Parameters<typeof httpHandler>[0]>(operations: Operations): Handler {
  const reflect = async (request: unknown) => ({ status: 200, body: request });
  const handlers = Object.fromEntries(Object.keys(operations).map((id) => [id, reflect]));
  return httpHandler(operations, handlers as never) as Handler;
}

describe('dispatch', () => {
  test('an operation is found by its route under the version prefix', async () => {
    const { status, headers, body } = await send(echo(cartOperations), 'GET /v1/carts/{id}', { path: { id: CART } });
    expect(status).toBe(200);
    expect(body).toEqual({
      principal: { kind: 'guest' },
      arrival: { sourceIp: '203.0.113.9' },
      path: { id: CART },
      query: {},
      header: {},
      requestId: 'request-1',
    });
    expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  });

  test('HEAD is answered as GET is, without the body', async () => {
    const cart = echo(cartOperations);
    const get = await send(cart, 'GET /v1/carts/{id}', { path: { id: CART } });
    expect(await send(cart, 'HEAD /v1/carts/{id}', { path: { id: CART } })).toEqual({ ...get, body: undefined });
    const none = await send(cart, 'GET /v1/carts/{id}', { path: { id: 'short' } });
    expect(await send(cart, 'HEAD /v1/carts/{id}', { path: { id: 'short' } })).toEqual({ ...none, body: undefined });
    expect(none.status).toBe(404);
  });

  test.each(['$default', 'GET /v1/nothing', 'PATCH /v1/carts/{id}'])('%s is 404 route_not_found', async (routeKey) => {
    const { status, headers, body } = await send(echo(cartOperations), routeKey);
    expect(status).toBe(404);
    expect(headers?.['content-type']).toBe('application/problem+json');
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'route_not_found',
      detail: expect.any(String),
    });
  });
});

describe('parameters', () => {
  const catalog = echo(catalogOperations);

  test('a percent sign in a path, which API Gateway leaves encoded, is decoded once', async () => {
    const { body } = await send(echo(imageOperations), 'GET /v1/images/{id}', { path: { id: '100%25 a%252Fb.jpg' } });
    expect(body.path).toEqual({ id: '100% a%2Fb.jpg' });
  });

  test('numbers are read and defaults filled in', async () => {
    const { body } = await send(catalog, 'GET /v1/products', { query: 'q=a%2Cb&limit=7' });
    expect(body.query).toEqual({ q: 'a,b', limit: 7 });
    expect((await send(catalog, 'GET /v1/products')).body.query).toEqual({ limit: 24 });
  });

  test('how many labels to answer with is left to the deployment unless it is asked for', async () => {
    const headers = { 'content-type': 'image/png' };
    const classify = echo(inferenceOperations);
    const post = (query: string) => send(classify, 'POST /v1/classify', { query, headers, body: 'bytes' });
    expect((await post('')).body.query).toEqual({});
    expect((await post('top=2')).body.query).toEqual({ top: 2 });
  });

  test('a list is read from its commas', async () => {
    const { body } = await send(echo(cartOperations), 'GET /v1/availability', { query: 'sku=a,b' });
    expect(body.query).toEqual({ sku: ['a', 'b'] });
  });

  test.each([
    ['limit=0', '/query/limit', 'must be at least 1'],
    ['limit=101', '/query/limit', 'must be at most 100'],
    ['limit=1.5', '/query/limit', 'must be an integer'],
    ['limit=', '/query/limit', 'must be an integer'],
    ['limit=1e1', '/query/limit', 'must be an integer'],
    ['sort=size', '/query/sort', 'must be one of: relevance, name, price, -price'],
    ['cursor=%00', '/query/cursor', 'must match ^[A-Za-z0-9_-]{1,512}$'],
    [`q=${'a'.repeat(201)}`, '/query/q', 'must be at most 200 characters long'],
    ['categroy=a', '/query/categroy', 'is not known'],
    ['__proto__=a', '/query/__proto__', 'is not known'],
    ['q=a&q=b', '/query/q', 'is given twice'],
  ])('%s is refused', async (query, pointer, detail) => {
    const { status, body } = await send(catalog, 'GET /v1/products', { query });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer, detail }] });
  });

  test('a required parameter is missed', async () => {
    const { status, body } = await send(echo(cartOperations), 'GET /v1/availability');
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer: '/query/sku', detail: 'is required' }]);
  });

  test.each([
    ['short', 'SKU-1', 'cart_not_found'],
    [CART, '../secret', 'product_not_found'],
    [CART, '', 'product_not_found'],
  ])('the path %s, %s names nothing', async (id, sku, code) => {
    const sent = { path: { id, sku }, body: '{"quantity":1}' };
    const { status, body } = await send(echo(cartOperations), 'PUT /v1/carts/{id}/items/{sku}', sent);
    expect([status, body.code]).toEqual([404, code]);
  });

  test('a missing idempotency key has its own code, a malformed one is an invalid request', async () => {
    const checkout = echo(checkoutOperations);
    const sent = { path: { id: CART }, body: JSON.stringify(CHECKOUT) };
    const route = 'POST /v1/carts/{id}/checkout';
    expect((await send(checkout, route, sent)).body.code).toBe('idempotency_key_missing');
    const malformed = await send(checkout, route, { ...sent, headers: { 'idempotency-key': 'a b' } });
    expect(malformed.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/header/idempotency-key' }] });
    const good = await send(checkout, route, { ...sent, headers: { 'idempotency-key': 'k', cookie: 'no' } });
    expect(good.body.header).toEqual({ 'idempotency-key': 'k' });
  });
});

const CHECKOUT = {
  contact: { name: '王小明', email: 'ming@example.com' },
  address: { line1: '1 High Street', city: 'London', country: 'GB' },
  payment: { method: 'cash_on_delivery' },
  expectedTotal: { amount: 100, currency: 'USD' },
};

describe('JSON bodies', () => {
  const cart = echo(cartOperations);
  const route = 'PUT /v1/carts/{id}/items/{sku}';
  const path = { id: CART, sku: 'SKU-1' };
  const put = (body: string | Buffer | undefined, headers = {}) => send(cart, route, { path, body, headers });

  test('is parsed, also when the gateway encoded it', async () => {
    expect((await put('{"quantity":0}')).body.body).toEqual({ quantity: 0 });
    expect((await put(Buffer.from('{"quantity":2}'))).body.body).toEqual({ quantity: 2 });
    expect((await put('{"quantity":3}', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200);
  });

  test.each([
    ['{"quantity":-1}', '/body/quantity', 'must be at least 0'],
    ['{"quantity":1.5}', '/body/quantity', 'must be an integer'],
    ['{"quantity":"1"}', '/body/quantity', 'must be an integer'],
    ['{"quantity":1e9}', '/body/quantity', 'must be at most 9999'],
    ['{}', '/body/quantity', 'is required'],
    ['{"quantity":1,"price":1}', '/body/price', 'is not known'],
    ['{"quantity":1,"__proto__":{}}', '/body/__proto__', 'is not known'],
    ['{"quantity":1,"a/b~c":1}', '/body/a~1b~0c', 'is not known'],
    ['[]', '/body', 'must be an object'],
    ['null', '/body', 'must be an object'],
    [undefined, '/body', 'is required'],
  ])('%s is refused', async (sent, pointer, detail) => {
    const { status, body } = await put(sent);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer, detail }] });
  });

  test.each([['{"quantity":'], ['quantity=1'], [Buffer.from([0x22, 0xff, 0x22])]])('%s is malformed', async (sent) => {
    const { status, body } = await put(sent);
    expect([status, body.code]).toEqual([400, 'malformed_json']);
  });

  describe('their depth', () => {
    const nested = (levels: number) => `{"quantity":1,"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    const refusal = [{ pointer: '/body', detail: 'must not be nested more than 20 levels deep' }];

    test('is limited, whatever is in it', async () => {
      expect((await put(nested(21))).body).toMatchObject({ code: 'invalid_request', errors: refusal });
      expect((await put(nested(20))).body.errors).toEqual([{ pointer: '/body/x', detail: 'is not known' }]);
      const deepest = await put('[{"a":'.repeat(10_000));
      expect([deepest.status, deepest.body.errors]).toEqual([400, refusal]);
    });

    test('is not that of brackets in texts, or of one after the other', async () => {
      const body = JSON.stringify({ quantity: 1, x: `"\\${'[{'.repeat(50)}`, y: Array(50).fill([]) });
      expect((await put(body)).body.errors).toHaveLength(2);
    });
  });

  test('too many bytes are 413, another media type is 415', async () => {
    const large = await put(`{"quantity":1${' '.repeat(65_536)}}`);
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large']);
    const form = await put('quantity=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([form.status, form.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  test('no more than twenty faults are listed', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]));
    expect((await put(JSON.stringify({ quantity: 1, ...unknown }))).body.errors).toHaveLength(20);
  });

  test.each([
    [{ contact: { name: ' ', email: 'a@b.co' } }, '/body/contact/name'],
    [{ contact: { name: 'A\r\nBcc: x@y.z', email: 'a@b.co' } }, '/body/contact/name'],
    [{ contact: { name: 'A\u2028B', email: 'a@b.co' } }, '/body/contact/name'],
    [{ contact: { name: 'A\ud83d', email: 'a@b.co' } }, '/body/contact/name'],
    [{ contact: { name: 'A', email: 'a@b' } }, '/body/contact/email'],
    [{ contact: { name: 'A', email: 'ada.@b.co' } }, '/body/contact/email'],
    [{ contact: { name: 'A', email: 'ada..l@b.co' } }, '/body/contact/email'],
    [{ contact: { name: 'A', email: `${'a'.repeat(65)}@b.co` } }, '/body/contact/email'],
    [{ contact: { name: 'A', email: 'a@b.co, c@d.eu' } }, '/body/contact/email'],
    [{ contact: { name: 'A', email: 'a@b.co', phone: 'call me' } }, '/body/contact/phone'],
    [{ contact: { name: 'A\u200bB', email: 'a@b.co' } }, '/body/contact/name'],
    [{ address: { ...CHECKOUT.address, line2: '\u3164' } }, '/body/address/line2'],
    [{ address: { ...CHECKOUT.address, city: 'A\u00adB' } }, '/body/address/city'],
    [{ address: { ...CHECKOUT.address, postalCode: '\u202e1' } }, '/body/address/postalCode'],
    [{ address: { ...CHECKOUT.address, region: 'A\u{e0041}' } }, '/body/address/region'],
    [{ address: { ...CHECKOUT.address, country: 'gb' } }, '/body/address/country'],
    [{ address: { ...CHECKOUT.address, country: 'UK' } }, '/body/address/country'],
    [{ address: { ...CHECKOUT.address, country: 'XX' } }, '/body/address/country'],
    [{ address: { ...CHECKOUT.address, country: 'XK' } }, '/body/address/country'],
    [{ address: { ...CHECKOUT.address, line1: 'a'.repeat(201) } }, '/body/address/line1'],
    [{ payment: { method: 'gold' } }, '/body/payment/method'],
    [{ expectedTotal: { amount: 9.99, currency: 'USD' } }, '/body/expectedTotal/amount'],
  ])('checkout refuses %j', async (change, pointer) => {
    const { status, body } = await send(echo(checkoutOperations), 'POST /v1/carts/{id}/checkout', {
      path: { id: CART },
      headers: { 'idempotency-key': 'k' },
      body: JSON.stringify({ ...CHECKOUT, ...change }),
    });
    expect(status).toBe(400);
    expect(body.errors.map((it: { pointer: string }) => it.pointer)).toEqual([pointer]);
  });

  test('what is wrong with a text or a country is said in words', async () => {
    const { body } = await send(echo(checkoutOperations), 'POST /v1/carts/{id}/checkout', {
      path: { id: CART },
      headers: { 'idempotency-key': 'k' },
      body: JSON.stringify({ ...CHECKOUT, address: { line1: 'A\u200b', city: 'B', country: 'XX' } }),
    });
    expect(body.errors).toEqual([
      {
        pointer: '/body/address/line1',
        detail: 'must be text on one line, not blank, and without characters that cannot be seen',
      },
      {
        pointer: '/body/address/country',
        detail: 'must be one of the 249 values that the API document lists, such as AD',
      },
    ]);
  });

  test.each(['علی\u200cرضا', '王　小明', 'Ada ❤\ufe0f'])('checkout takes the name %j', async (name) => {
    const { status } = await send(echo(checkoutOperations), 'POST /v1/carts/{id}/checkout', {
      path: { id: CART },
      headers: { 'idempotency-key': 'k' },
      body: JSON.stringify({ ...CHECKOUT, contact: { name, email: 'a@b.co' } }),
    });
    expect(status).toBe(200);
  });

  test('the longest line is refused in no time', async () => {
    const start = performance.now();
    const { status } = await send(echo(checkoutOperations), 'POST /v1/carts/{id}/checkout', {
      path: { id: CART },
      headers: { 'idempotency-key': 'k' },
      body: JSON.stringify({ ...CHECKOUT, contact: { name: `${'a'.repeat(60_000)}\n`, email: 'a@b.co' } }),
    });
    expect(status).toBe(400);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('other bodies', () => {
  const upload = httpHandler(uploadOperations, {
    async uploadImage({ body, contentType }) {
      return { status: 201, body: { id: `${contentType} ${Buffer.from(body).toString('hex')}`, status: 'processing' } };
    },
  });

  test('are handed on as bytes', async () => {
    const headers = { 'content-type': 'image/jpeg; charset=UTF-8' };
    const { status, body } = await send(upload, 'POST /v1/images', { headers, body: Buffer.from([0xff, 0xd8]) });
    expect([status, body.id]).toEqual([201, 'image/jpeg; charset=UTF-8 ffd8']);
  });

  test.each([
    [undefined, Buffer.alloc(1), 415],
    ['text/plain', Buffer.alloc(1), 415],
    ['image/png', undefined, 400],
    ['image/png', Buffer.alloc(4_194_305), 413],
  ])('of type %s can be refused', async (type, body, status) => {
    const headers: Record<string, string> = type ? { 'content-type': type } : {};
    expect((await send(upload, 'POST /v1/images', { headers, body })).status).toBe(status);
  });
});

describe('answers', () => {
  const route = 'GET /v1/images/{id}/variants/{variant}';
  const sent = { path: { id: 'a.png', variant: 'thumb' } };
  const answering = (reply: () => Promise<never>) =>
    httpHandler(imageOperations, { getImage: reply, getImageVariant: reply });

  test('bytes are encoded for the gateway and keep their headers', async () => {
    const handler = httpHandler(imageOperations, {
      getImage: async () => ({ status: 200, body: { id: 'a', status: 'ready' } }),
      getImageVariant: async () => ({
        status: 200,
        body: Buffer.from('bytes'),
        headers: { 'content-type': 'image/webp', 'cache-control': 'public, max-age=60' },
      }),
    });
    expect(await handler(event(route, sent), context)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'image/webp', 'cache-control': 'public, max-age=60' },
      body: Buffer.from('bytes').toString('base64'),
      isBase64Encoded: true,
    });
  });

  test('an answer without a body has no content type', async () => {
    const handler = httpHandler(imageOperations, {
      getImage: async () => ({ status: 200, body: { id: 'a', status: 'ready' } }),
      getImageVariant: async () => ({ status: 302, headers: { location: '/x' } }),
    });
    const reply = await handler(event(route, sent), context);
    expect(reply).toEqual({ statusCode: 302, headers: { 'cache-control': 'no-store', location: '/x' } });
  });

  test('a refusal is answered with the status that the document gives its code', async () => {
    const handler = answering(async () => {
      throw new Refusal('variant_not_found', 'There is no such variant.');
    });
    const { status, headers, body } = await send(handler, route, sent);
    expect(status).toBe(404);
    expect(headers).toEqual({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'variant_not_found',
      detail: 'There is no such variant.',
    });
  });

  test('its facts are members, which cannot replace the standard ones, and it says when to come back', async () => {
    const handler = answering(async () => {
      throw new Refusal('busy', 'Later.', { shortfalls: [1], status: 200, code: 'fine' }, 7);
    });
    const { status, headers, body } = await send(handler, route, sent);
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '7', 'cache-control': 'no-store' });
    expect(body).toMatchObject({ title: 'Service Unavailable', status: 503, code: 'busy', shortfalls: [1] });
  });

  test.each([
    [0, '1'],
    [0.2, '1'],
    [1.5, '2'],
  ])('after %d seconds is told as %s, a whole number', async (seconds, told) => {
    const handler = answering(async () => {
      throw new Busy(undefined, seconds);
    });
    expect((await send(handler, route, sent)).headers?.['retry-after']).toBe(told);
  });

  test('it says so only where the document has that header', async () => {
    const handler = answering(async () => {
      throw new Refusal('image_not_found', 'It may come later.', {}, 7);
    });
    const { status, headers } = await send(handler, route, sent);
    expect([status, headers?.['retry-after']]).toEqual([404, undefined]);
  });

  test('a refusal that the operation does not document is a defect', async () => {
    const log = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    const handler = answering(async () => {
      throw new Refusal('cart_closed', 'A secret of another operation.');
    });
    const { status, body } = await send(handler, route, sent);
    expect([status, body.code]).toEqual([500, 'internal_error']);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(log).toHaveBeenCalledWith(expect.stringContaining('cart_closed'), expect.objectContaining({ route }));
  });

  test('any other error is logged and answered without a word about it', async () => {
    const log = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    const handler = answering(async () => {
      throw new Error('the table secret-table is on fire');
    });
    const reply = await handler(event(route, sent), context);
    expect(reply.statusCode).toBe(500);
    expect(JSON.parse(reply.body as string)).toMatchObject({ code: 'internal_error' });
    expect(JSON.stringify(reply)).not.toMatch(/secret|fire|at /);
    expect(log).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ requestId: 'request-1', route }));
  });
});

describe('budget', () => {
  const route = 'GET /v1/images/{id}';
  const sent = { path: { id: 'a.png' } };
  const clock = { now: () => new Date(), sleep: async () => undefined, random: () => 0 };
  const sendTo = async (getImage: () => Promise<never>, milliseconds: number) => {
    const handler = httpHandler(imageOperations, { getImage, getImageVariant: getImage });
    const { statusCode, headers, body } = await handler(event(route, sent), contextOf(milliseconds));
    return [statusCode, headers?.['retry-after'], JSON.parse(body as string).code];
  };
  beforeEach(() => jest.spyOn(logger, 'warn').mockImplementation(() => undefined));

  test('what takes longer than the function may is answered in time', async () => {
    const start = performance.now();
    expect(await sendTo(() => new Promise(() => undefined), 500)).toEqual([503, '1', 'busy']);
    expect(performance.now() - start).toBeLessThan(490);
  });

  test('a call that was cut short because the time was over is no failure of the service', async () => {
    const cutShort = async () => {
      throw new Error('aborted');
    };
    expect(await sendTo(cutShort, 250)).toEqual([503, '1', 'busy']);
    jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    expect(await sendTo(cutShort, 5000)).toEqual([500, undefined, 'internal_error']);
  });

  test('everything that is tried again for a request draws on the same retries', async () => {
    let attempts = 0;
    const patience = { attempts: 1000, firstWaitMs: 0, longestWaitMs: 0 };
    const attempt = async () => {
      attempts++;
      return AGAIN;
    };
    const never = () => retry(clock, attempt, patience);
    const answer = await sendTo(async () => {
      await never().catch((error) => expect(error).toBeInstanceOf(Busy));
      await never();
      throw new Error('unreachable');
    }, 10_000);
    expect(answer).toEqual([503, '1', 'busy']);
    expect(attempts).toBe(12);
  });
});
