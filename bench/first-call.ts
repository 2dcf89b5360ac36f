import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { synthesize } from '../demo/assembly';
import { LocalCloud } from '../local/src';
import { functionRuntime } from '../local/src/functions';
import { HttpServer } from '../local/src/http-server';
import type { BundleName } from '../src/building-blocks/bundles.generated';
import { type Comparison, type Figures, interleavedParts } from './comparison';
import { ExampleShop } from './example-shop';
import { type EventMakers, prepareEvents } from './first-call/events';
import { buildPlainBundles } from './first-call/plain-bundles';

const ROOT = path.resolve(__dirname, '..');
const CALL_ONCE = path.join(__dirname, 'first-call', 'call-once.cjs');

interface Target {
  /** Of the processor time. */
  readonly ratio: number;
  readonly kilobytes: number;
}

/** Functions that speak DynamoDB, events, queues and small objects. */
const SMALL: Target = { ratio: 0.35, kilobytes: 100 };
/** Functions that work on images, stream from S3 or call endpoints. */
const LARGE: Target = { ratio: 0.7, kilobytes: 350 };

const LARGE_FUNCTIONS: readonly BundleName[] = ['image-process', 'image-upload', 'inference'];
/** They speak to no service, so that there is nothing to be saved. */
const SILENT_FUNCTIONS: readonly BundleName[] = ['api-default', 'store-config'];

type Measure = 'elapsed' | 'processor';

interface Call extends Record<Measure, Figures> {
  readonly bundle: BundleName;
}

const run = promisify(execFile);

/**
 * Loading of each bundle and its first call, in a process of its own, on the node, with the settings and against the
 * cloud that the deployed function has; and the bundle's size. Elapsed time is what a customer waits, and most of it
 * is the emulator's; processor time leaves that out, and stays steady while others use the machine.
 */
export async function firstCall(): Promise<Comparison[]> {
  // Bundles find the native packages in the folders above them.
  mkdirSync(path.join(ROOT, '.cache'), { recursive: true });
  const directory = mkdtempSync(path.join(ROOT, '.cache', 'bench-'));
  const customResources = await HttpServer.start(0, (_request, response) => void response.end());
  const cloud = await LocalCloud.start();
  try {
    const plain = await buildPlainBundles(path.join(directory, 'plain'));
    const assembly = path.join(directory, 'cdk.out');
    await synthesize(assembly, {});
    const shop = new ExampleShop(cloud, await cloud.deploy(assembly), assembly);
    const events = await prepareEvents(shop, customResources.url);
    const bundles = [...shop.functions.keys()].sort();
    const calls: Call[] = [];
    for (const bundle of bundles) {
      const files = { ours: shippedFile(bundle), baseline: plain.get(bundle) as string };
      calls.push({ bundle, ...(await measureCalls(bundle, files, { shop, events, directory })) });
    }
    return [
      ...calls.map(({ bundle, elapsed }) => compared(bundle, 'init + first call', elapsed)),
      ...calls.map(({ bundle, processor }) => ({
        ...compared(bundle, 'processor time of it', processor),
        target: SILENT_FUNCTIONS.includes(bundle) ? undefined : targetOf(bundle).ratio,
      })),
      ...bundles.map(compareToBudget),
    ];
  } finally {
    await cloud.stop();
    await customResources.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Surroundings {
  readonly shop: ExampleShop;
  readonly events: EventMakers;
  readonly directory: string;
}

async function measureCalls(
  bundle: BundleName,
  files: { readonly ours: string; readonly baseline: string },
  { shop, events, directory }: Surroundings,
): Promise<Record<Measure, Figures>> {
  const environment = await shop.environmentOf(bundle);
  const call = async (file: string) => callOnce(file, await events[bundle]?.(), environment, directory);
  return interleavedParts(
    () => call(files.ours),
    () => call(files.baseline),
  );
}

/** In a fresh process, with a folder for temporary files of its own. */
async function callOnce(
  bundle: string,
  event: unknown,
  environment: Record<string, string>,
  directory: string,
): Promise<Record<Measure, number>> {
  const temporary = mkdtempSync(path.join(directory, 'tmp-'));
  const eventFile = path.join(temporary, 'event.json');
  writeFileSync(eventFile, JSON.stringify(event));
  const { stdout } = await run(functionRuntime().node, [CALL_ONCE, bundle, eventFile], {
    env: { ...environment, TMPDIR: temporary },
    timeout: 60_000,
  });
  rmSync(temporary, { recursive: true });
  return JSON.parse(stdout.trim().split('\n').pop() ?? '');
}

function compared(bundle: BundleName, what: string, figures: Figures): Comparison {
  return { what: `${bundle}: ${what}`, ...figures, against: 'with the SDK, bundled by esbuild’s defaults', unit: 'ms' };
}

function compareToBudget(bundle: BundleName): Comparison {
  const ours = statSync(shippedFile(bundle)).size / 1000;
  const baseline = targetOf(bundle).kilobytes;
  return { what: `${bundle}: bundle`, ours, baseline, against: 'the budget', unit: 'kB', target: 1 };
}

function targetOf(bundle: BundleName): Target {
  return LARGE_FUNCTIONS.includes(bundle) ? LARGE : SMALL;
}

function shippedFile(bundle: BundleName): string {
  return path.join(ROOT, 'assets', 'functions', bundle, 'index.js');
}
