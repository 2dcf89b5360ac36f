import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { httpHandler } from '../../src/runtime/http';
import { operations } from '../../src/storefront/functions/store-config.api.generated';

const context = { getRemainingTimeInMillis: () => 10_000 } as Context;

function handlerWith(secrets: string | undefined) {
  const before = process.env.ORIGIN_SECRETS;
  if (secrets === undefined) delete process.env.ORIGIN_SECRETS;
  else process.env.ORIGIN_SECRETS = secrets;
  const asked = jest.fn(async () => ({ status: 200, body: { name: 'Shop' } }));
  const handler = httpHandler(operations, { getConfig: asked } as never);
  if (before === undefined) delete process.env.ORIGIN_SECRETS;
  else process.env.ORIGIN_SECRETS = before;
  const send = async (headers: Record<string, string>, routeKey = 'GET /v1/config') => {
    const event = {
      routeKey,
      rawQueryString: '',
      headers,
      requestContext: { requestId: 'request-1', http: { sourceIp: '203.0.113.9' } },
    };
    const { statusCode, body } = await handler(event as unknown as APIGatewayProxyEventV2, context);
    return [statusCode, body === undefined ? undefined : JSON.parse(body).code];
  };
  return { asked, send };
}

test('while the address is open, nothing is asked of a request', async () => {
  expect(await handlerWith(undefined).send({})).toEqual([200, undefined]);
  expect(await handlerWith('').send({ 'x-origin-secret': 'x' })).toEqual([200, undefined]);
});

test.each([
  ['none', {}],
  ['an empty one', { 'x-origin-secret': '' }],
  ['another', { 'x-origin-secret': 'three' }],
  ['all of them', { 'x-origin-secret': 'one two' }],
  ['the beginning of one', { 'x-origin-secret': 'on' }],
])('with %s a request is refused before anything else', async (_, headers: Record<string, string>) => {
  const { asked, send } = handlerWith('one two');
  expect(await send(headers)).toEqual([403, 'direct_access']);
  expect(await send(headers, '$default')).toEqual([403, 'direct_access']);
  expect(await send(headers, 'HEAD /v1/config')).toEqual([403, undefined]);
  expect(asked).not.toHaveBeenCalled();
});

test.each(['one', 'two'])('with %s it is answered', async (secret) => {
  expect(await handlerWith('one two').send({ 'x-origin-secret': secret })).toEqual([200, undefined]);
});
