import { statSync } from 'node:fs';
import type { BundleName } from '../src/building-blocks/bundles.generated';
import { type Comparison, type Figures, interleavedParts } from './comparison';
import { type Measure, Stage } from './first-call/stage';

interface Target {
  /** Of the processor time. */
  readonly ratio: number;
  readonly kilobytes: number;
}

/** Functions that speak DynamoDB, events, queues and small objects. */
const SMALL: Target = { ratio: 0.35, kilobytes: 100 };
/** Functions that work on images, stream from S3 or call endpoints. */
const LARGE: Target = { ratio: 0.7, kilobytes: 350 };

const LARGE_FUNCTIONS: readonly BundleName[] = ['image-process', 'image-upload', 'inference-onnx'];
/** They speak to no service, so that there is nothing to be saved. */
const SILENT_FUNCTIONS: readonly BundleName[] = ['api-default', 'store-config'];

interface Call extends Record<Measure, Figures> {
  readonly bundle: BundleName;
}

/**
 * Loading of each bundle and its first call, in a process of its own, on the node, with the settings and against the
 * cloud that the deployed function has; and the bundle's size. Elapsed time is what a customer waits, and most of it
 * is the emulator's; processor time leaves that out, and stays steady while others use the machine.
 */
export function firstCall(): Promise<Comparison[]> {
  return Stage.with(async (stage) => {
    const calls: Call[] = [];
    for (const bundle of stage.bundles) {
      const figures = await interleavedParts(
        () => stage.callOnce(bundle, stage.shippedFile(bundle)),
        () => stage.callOnce(bundle, stage.plainFile(bundle)),
      );
      calls.push({ bundle, ...figures });
    }
    return [
      ...calls.map(({ bundle, elapsed }) => compared(bundle, 'init + first call', elapsed)),
      ...calls.map(({ bundle, processor }) => ({
        ...compared(bundle, 'processor time of it', processor),
        target: SILENT_FUNCTIONS.includes(bundle) ? undefined : targetOf(bundle).ratio,
      })),
      ...stage.bundles.map((bundle) => compareToBudget(bundle, stage.shippedFile(bundle))),
    ];
  });
}

function compared(bundle: BundleName, what: string, figures: Figures): Comparison {
  return { what: `${bundle}: ${what}`, ...figures, against: 'with the SDK, bundled by esbuild’s defaults', unit: 'ms' };
}

function compareToBudget(bundle: BundleName, file: string): Comparison {
  const ours = statSync(file).size / 1000;
  const baseline = targetOf(bundle).kilobytes;
  return { what: `${bundle}: bundle`, ours, baseline, against: 'the budget', unit: 'kB', target: 1 };
}

function targetOf(bundle: BundleName): Target {
  return LARGE_FUNCTIONS.includes(bundle) ? LARGE : SMALL;
}
