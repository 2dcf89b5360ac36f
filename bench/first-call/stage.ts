import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { synthesize } from '../../demo/assembly';
import { LocalCloud } from '../../local/src';
import { functionRuntime } from '../../local/src/functions';
import type { BundleName } from '../../src/building-blocks/bundles.generated';
import { ExampleShop } from '../example-shop';
import { type EventMakers, prepareEvents } from './events';
import { buildPlainBundles } from './plain-bundles';

const ROOT = path.resolve(__dirname, '..', '..');
const CALL_ONCE = path.join(__dirname, 'call-once.cjs');

const run = promisify(execFile);

export type Measure = 'elapsed' | 'processor';

/** The example shop on a local cloud, where bundles are called as Lambda would call them. */
export class Stage {
  /** Sets it up for as long as something runs on it. */
  static async with<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
    // Bundles find the native packages in the folders above them.
    mkdirSync(path.join(ROOT, '.cache'), { recursive: true });
    const directory = mkdtempSync(path.join(ROOT, '.cache', 'bench-'));
    const cloud = await LocalCloud.start();
    try {
      const customResources = await cloud.serve(0, (_request, response) => void response.end());
      const plain = await buildPlainBundles(path.join(directory, 'plain'));
      const assembly = path.join(directory, 'cdk.out');
      await synthesize(assembly, {});
      const shop = new ExampleShop(cloud, await cloud.deploy(assembly), assembly);
      return await play(new Stage(shop, await prepareEvents(shop, customResources.url), directory, plain));
    } finally {
      await cloud.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  }

  readonly bundles: readonly BundleName[];

  private constructor(
    private readonly shop: ExampleShop,
    private readonly events: EventMakers,
    readonly directory: string,
    private readonly plain: ReadonlyMap<string, string>,
  ) {
    this.bundles = [...shop.functions.keys()].sort();
  }

  shippedFile(bundle: BundleName): string {
    return path.join(ROOT, 'assets', 'functions', bundle, 'index.js');
  }

  plainFile(bundle: BundleName): string {
    return this.plain.get(bundle) as string;
  }

  /** Loads a file in a fresh process, with a folder for temporary files of its own, and calls it once. */
  async callOnce(bundle: BundleName, file: string, nodeOptions: string[] = []): Promise<Record<Measure, number>> {
    const temporary = mkdtempSync(path.join(this.directory, 'tmp-'));
    const eventFile = path.join(temporary, 'event.json');
    writeFileSync(eventFile, JSON.stringify(await this.events[bundle]?.()));
    const { stdout } = await run(functionRuntime().node, [...nodeOptions, CALL_ONCE, file, eventFile], {
      env: { ...(await this.shop.environmentOf(bundle)), TMPDIR: temporary },
      timeout: 60_000,
    });
    rmSync(temporary, { recursive: true });
    return JSON.parse(stdout.trim().split('\n').pop() ?? '');
  }
}
