import { describe, expect, test } from '@jest/globals';
import { Budget, type Surroundings } from './budget';

type Script = (number | Error | Response | 'hangs')[];

/** Answers by a script, in a world whose time passes only where something waits. */
class Scripted implements Surroundings {
  readonly waits: number[] = [];
  sent = 0;
  private time = 0;

  constructor(private readonly script: Script) {}

  async fetch(_: Request, { signal }: RequestInit): Promise<Response> {
    const answer = this.script[this.sent++];
    if (answer === 'hangs') {
      this.time += 10_000;
      throw signal?.reason ?? new DOMException('timed out', 'TimeoutError');
    }
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : new Response('{}', { status: answer });
  }

  async sleep(milliseconds: number): Promise<void> {
    this.waits.push(milliseconds);
    this.time += milliseconds;
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return 0;
  }
}

const LOST = new TypeError('Failed to fetch');
const request = (method: string, headers: Record<string, string> = {}, path = '/v1/things') =>
  new Request(`https://shop.example${path}`, { method, headers });
const busy = (status: number, seconds: number) =>
  new Response('{}', { status, headers: { 'retry-after': String(seconds) } });

async function send(script: Script, sent = request('GET')): Promise<{ world: Scripted; answer: number | string }> {
  const world = new Scripted(script);
  const answer = await new Budget(world).fetch(sent).then(
    ({ status }) => status,
    (error: Error) => error.message,
  );
  return { world, answer };
}

describe('a request', () => {
  test('is sent twice again when its answers are lost, and no more', async () => {
    expect(await send([LOST, LOST, 200])).toMatchObject({ answer: 200, world: { sent: 3 } });
    expect(await send([LOST, LOST, LOST, 200])).toMatchObject({ answer: 'Failed to fetch', world: { sent: 3 } });
  });

  test('waits as long as the service says, and longer each time by itself', async () => {
    const { world } = await send([busy(503, 2), LOST, 200]);
    expect(world.waits).toEqual([2_000, 600]);
  });

  test.each([429, 503])('is sent again after %i only when the service says when', async (status) => {
    expect(await send([busy(status, 1), 200])).toMatchObject({ answer: 200, world: { sent: 2 } });
    expect(await send([status, 200])).toMatchObject({ answer: status, world: { sent: 1 } });
  });

  test.each([400, 404, 409, 500, 502, 504])('takes %i for the answer', async (status) => {
    expect(await send([status, 200])).toMatchObject({ answer: status, world: { sent: 1 } });
  });

  test('is given up rather than that a visitor waits longer than 20 seconds', async () => {
    expect(await send([busy(503, 30), 200])).toMatchObject({ answer: 503, world: { sent: 1, waits: [] } });
    expect((await send(['hangs', 'hangs', 200])).world).toMatchObject({ sent: 2 });
  });

  test('is lost as well when its answer breaks off in the middle', async () => {
    const broken = new Response(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('{"id":'));
          controller.error(LOST);
        },
      }),
    );
    expect(await send([broken, 200])).toMatchObject({ answer: 200, world: { sent: 2 } });
  });

  test.each([
    ['GET', {}, '/v1/carts/1', 2],
    ['PUT', {}, '/v1/carts/1', 2],
    ['DELETE', {}, '/v1/carts/1', 2],
    ['POST', { 'Idempotency-Key': '1' }, '/v1/carts/1/checkout', 2],
    ['POST', {}, '/v1/carts', 2],
    ['POST', {}, '/v1/carts/1/checkout', 1],
    ['PUT', { 'If-Match': '"1"' }, '/v1/carts/1/items/2', 1],
  ])('%s with %j to %s is sent %i times', async (method, headers, path, times) => {
    const { world } = await send([LOST, 200], request(method, headers, path));
    expect(world.sent).toBe(times);
  });
});

test('several requests of one action share what they may cost', async () => {
  const world = new Scripted([LOST, 200, LOST, 200, LOST]);
  const budget = new Budget(world);
  await budget.fetch(request('GET'));
  await budget.fetch(request('GET'));
  await expect(budget.fetch(request('GET'))).rejects.toBe(LOST);
  expect(world.sent).toBe(5);
});
