/**
 * Mishaps not drawn by chance, but one after the other at every call that a scenario makes: once it runs in calm, to
 * count them, and then once more for each call and each kind of mishap.
 */
import type { Fault, Weather } from './network';

interface Mishap {
  readonly fault: Fault;
  /** Attempts of the client underneath: with one the caller hears of the mishap, with more the call is sent again. */
  readonly attempts: number;
}

/** By what a reader of a failed test is told. */
const MISHAPS: Readonly<Record<string, Mishap>> = {
  'the request is lost': { fault: 'request lost', attempts: 1 },
  'the reply is lost': { fault: 'reply lost', attempts: 1 },
  'the reply is lost, and the call sent again': { fault: 'reply lost', attempts: 3 },
  'the call is given up, and takes effect later': { fault: 'late', attempts: 1 },
  'the call is sent again, and takes effect a second time later': { fault: 'late', attempts: 3 },
  'the reply comes late': { fault: 'slow', attempts: 1 },
  'the call is throttled': { fault: 'throttle', attempts: 1 },
  'others are at the item': { fault: 'conflict', attempts: 1 },
  'the process dies before the call': { fault: 'killed before', attempts: 1 },
  'the process dies after the call': { fault: 'killed after', attempts: 1 },
};

/** Calls that DynamoDB refuses because others are at their items. */
const MEET_OTHERS = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'];

/** The fast lane tries every third call with each kind of mishap, others with another kind; `npm test` tries all. */
const STEP = process.env.THOROUGH ? 1 : 3;

/** How many mishaps one run has: `MISHAPS=2` tries every pair of calls, which takes many minutes. */
const AT_ONCE = Number(process.env.MISHAPS ?? 1);

/** Runs a scenario in some weather, and tells everything that was wrong at its end, in words. */
export type Scenario = (weather: Weather) => Promise<readonly string[]>;

/**
 * Declares a test for each kind of mishap.
 *
 * @param fewest calls that the scenario makes, so that it cannot become empty unnoticed
 */
export function testAtEveryCall(scenario: Scenario, fewest: number): void {
  test('in calm', async () => {
    const calls: string[] = [];
    expect(await scenario({ attempts: 1, fault: (operation) => void calls.push(operation) })).toEqual([]);
    expect(calls.length).toBeGreaterThanOrEqual(fewest);
  });

  const kinds = Object.entries(MISHAPS).map(([name, mishap], index) => ({ name, mishap, first: index % STEP }));
  test.each(kinds)('$name', async ({ mishap, first }) => {
    const wrong: string[] = [];
    for await (const what of wrongWith(scenario, mishap, { first, step: STEP })) wrong.push(what);
    expect(wrong).toEqual([]);
  });
}

/** Whether a mishap of any kind at any call shows that something is wrong. */
export async function isFoundWrong(scenario: Scenario): Promise<boolean> {
  for (const mishap of Object.values(MISHAPS)) {
    for await (const _ of wrongWith(scenario, mishap, { first: 0, step: 1 })) return true;
  }
  return false;
}

/** What is wrong after a mishap at any of the calls, each with where that was. */
async function* wrongWith(
  scenario: Scenario,
  mishap: Mishap,
  { first, step }: { readonly first: number; readonly step: number },
  before: Plan = [],
  more = AT_ONCE,
): AsyncGenerator<string, void> {
  // Whatever is planned is the same up to the call that is next to meet something.
  const { calls } = await run(scenario, before);
  for (let call = first; call < calls.length; call += step) {
    if (mishap.fault === 'conflict' && !MEET_OTHERS.includes(calls[call])) continue;
    const plan = [...before, { ...mishap, call }];
    yield* (await run(scenario, plan)).wrong;
    if (more === 1) continue;
    const later = { first: call + 1, step: 1 };
    for (const next of Object.values(MISHAPS)) yield* wrongWith(scenario, next, later, plan, more - 1);
  }
}

type Plan = readonly (Mishap & { readonly call: number })[];

async function run(scenario: Scenario, plan: Plan): Promise<{ calls: string[]; wrong: string[] }> {
  const calls: string[] = [];
  let last: Mishap | undefined;
  const weather: Weather = {
    get attempts() {
      return last?.attempts ?? 1;
    },
    fault: (operation) => {
      const place = calls.push(operation) - 1;
      const met = plan.find(({ call }) => call === place);
      last = met ?? last;
      return met?.fault;
    },
  };
  const wrong = await scenario(weather).catch((error: Error) => [String(error.stack)]);
  const where = plan.map(({ fault, attempts, call }) => `${fault} (${attempts}) at call ${call}, ${calls[call]}`);
  return { calls, wrong: wrong.map((what) => `${where.join('; ')}: ${what}`) };
}
