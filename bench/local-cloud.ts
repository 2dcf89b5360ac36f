import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { synthesize } from '../demo/assembly';
import { LocalCloud } from '../local/src';
import { type Comparison, interleavedParts } from './comparison';
import { ExampleShop } from './example-shop';
import { createStack } from './local-cloud/bare-deployment';
import { EmulatorAlone } from './local-cloud/emulator-alone';
import { openPage, readPage } from './local-cloud/first-page';

const TARGET_MS = 5000;

type Part = 'start' | 'deploy' | 'page' | 'whole';

/** From a synthesized example shop to its first page, in parts, each against the least that has to be done for it. */
export async function localCloud(): Promise<Comparison[]> {
  const assembly = mkdtempSync(path.join(tmpdir(), 'bench-shop-'));
  try {
    await synthesize(assembly, {});
    const { start, deploy, page, whole } = await interleavedParts(
      () => withLocalCloud(assembly),
      () => withTheLeast(assembly),
    );
    const unit = 'ms';
    return [
      { what: 'start', ...start, against: 'python -m ministack without mends, with the same settings', unit },
      { what: 'deploy of the example shop', ...deploy, against: 'CreateStack alone, the assets in place', unit },
      { what: 'first page, with all it names', ...page, against: 'S3 and Lambda asked for the same', unit },
      { what: 'after synth to first page', ...whole, against: 'the target', unit, target: 1 },
    ];
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

async function withLocalCloud(assembly: string): Promise<Record<Part, number>> {
  const began = performance.now();
  const cloud = await LocalCloud.start();
  try {
    const started = performance.now();
    await cloud.deploy(assembly);
    const deployed = performance.now();
    const { sites } = await cloud.openFrontDoors();
    await openPage(Object.values(sites)[0]);
    const opened = performance.now();
    return { start: started - began, deploy: deployed - started, page: opened - deployed, whole: opened - began };
  } finally {
    await cloud.stop();
  }
}

async function withTheLeast(assembly: string): Promise<Record<Part, number>> {
  const began = performance.now();
  const emulator = await EmulatorAlone.start();
  const start = performance.now() - began;
  await emulator.stop();

  const cloud = await LocalCloud.start();
  try {
    const deploy = await createStack(cloud, assembly);
    // It stands already: this only tells what is in it.
    const shop = new ExampleShop(cloud, await cloud.deploy(assembly), assembly);
    const deployed = performance.now();
    await readPage(shop);
    return { start, deploy, page: performance.now() - deployed, whole: TARGET_MS };
  } finally {
    await cloud.stop();
  }
}
