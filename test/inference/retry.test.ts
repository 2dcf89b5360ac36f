import { withRetries } from '../../src/inference/domain/retry';

const always = () => true;

async function waitsOf(random: number, attempts: number, deadline = Number.POSITIVE_INFINITY) {
  const waits: number[] = [];
  let time = 0;
  let calls = 0;
  const call = async () => {
    calls++;
    throw new Error('busy');
  };
  const sleep = async (ms: number) => {
    waits.push(ms);
    time += ms;
  };
  const options = { attempts, again: always, deadline, random: () => random, sleep, now: () => time };
  await expect(withRetries(call, options)).rejects.toThrow('busy');
  return { waits, calls };
}

test('waits are random below a bound that doubles', async () => {
  expect((await waitsOf(1, 4)).waits).toEqual([200, 400, 800]);
  expect((await waitsOf(0.25, 4)).waits).toEqual([50, 100, 200]);
});

test('no wait passes the deadline', async () => {
  expect(await waitsOf(1, 10, 650)).toEqual({ waits: [200, 400], calls: 3 });
});

test('what cannot be mended is not tried again', async () => {
  let calls = 0;
  const call = async () => {
    calls++;
    throw new Error('wrong');
  };
  await expect(withRetries(call, { attempts: 5, again: () => false, deadline: Infinity })).rejects.toThrow('wrong');
  expect(calls).toBe(1);
});
