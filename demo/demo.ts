import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DeployedStack, LocalCloud } from '../local/src';
import type { ImportResult } from '../src/catalog/domain/import-result';
import { buildAssets, synthesize } from './assembly';
import { type CatalogueFile, readCatalogue } from './catalogue';
import { ConsoleServer } from './console/server';
import { type Options, PORTS_NEEDED } from './options';
import { assertPortsAreFree } from './ports';
import { endDescendants } from './processes';
import type { Report } from './report';
import { functionsOf, outputsOf, type ShopUrls, urlsOf } from './shop-stack';
import { importCatalogue, type PicturesDone, putPictures, s3Client } from './stock-the-shop';

/** The local cloud starts within this time, unless it installs its Python packages first. */
const SETTLE_MS = 2000;

export interface RunningDemo {
  readonly urls: ShopUrls & { readonly console: string };
  readonly stack: DeployedStack;
  readonly logDirectory: string;
  /** Address of every AWS service. */
  readonly endpoint: string;
  /** With it any AWS SDK and the AWS CLI use the shop's cloud. */
  readonly environment: Record<string, string>;
}

/** The example shop on the local cloud, with products and pictures in it. */
export class Demo {
  private readonly directory: string;
  private cloud?: Promise<LocalCloud>;
  private console?: ConsoleServer;

  constructor(
    private readonly options: Options,
    private readonly report: Report,
  ) {
    this.directory = options.keep ?? mkdtempSync(join(tmpdir(), 'serverless-shop-demo-'));
    mkdirSync(this.directory, { recursive: true });
  }

  /** @throws DemoError, LocalCloudError */
  async start(): Promise<RunningDemo> {
    const { port, catalogue } = this.options;
    const file = readCatalogue(catalogue);
    await assertPortsAreFree(port, PORTS_NEEDED);

    const assembly = join(this.directory, 'cdk.out');
    const [cloud] = await Promise.all([this.startCloud(), this.makeAssembly(assembly)]);
    const stack = await this.report.step(
      'Deploying',
      () => cloud.deploy(assembly),
      ({ resources }) => `${resources.length} resources`,
    );
    const doors = await cloud.openFrontDoors({ port });
    const urls = urlsOf(stack, doors);
    const lastDoor = Math.max(...[...Object.values(doors.apis), doors.mail].map((url) => Number(new URL(url).port)));
    this.console = await ConsoleServer.start(lastDoor + 1, {
      cloud,
      urls,
      outputs: outputsOf(stack),
      functions: functionsOf(stack),
      notEmulated: stack.notEmulated,
    });
    await this.stockTheShop(cloud, stack, file);
    return {
      urls: { ...urls, console: this.console.url },
      stack,
      logDirectory: cloud.logDirectory,
      endpoint: cloud.endpoint,
      environment: cloud.environment,
    };
  }

  /** Ends every process that was started, whatever was under way. */
  async stop(): Promise<void> {
    await this.console?.stop();
    const started = this.cloud?.catch(() => undefined);
    const cloud = await Promise.race([started, sleep(SETTLE_MS)]);
    await cloud?.stop();
    await endDescendants();
    // An installation that was cut off removes what it had half done.
    await Promise.race([started, sleep(SETTLE_MS)]);
    if (!this.options.keep) rmSync(this.directory, { recursive: true, force: true });
  }

  private startCloud(): Promise<LocalCloud> {
    const stateDir = this.options.keep ? join(this.directory, 'cloud') : undefined;
    this.cloud = this.report.step('Starting the local cloud', (onProgress) =>
      LocalCloud.start({ stateDir, onProgress, allowedOrigins: this.options.allowedOrigins }),
    );
    return this.cloud;
  }

  private async makeAssembly(directory: string): Promise<void> {
    await this.report.step('Building what is missing', buildAssets);
    rmSync(directory, { recursive: true, force: true });
    await this.report.step('Synthesizing the example shop', () =>
      synthesize(directory, { shopUrl: `http://127.0.0.1:${this.options.port}` }),
    );
  }

  private async stockTheShop(cloud: LocalCloud, stack: DeployedStack, file: CatalogueFile): Promise<void> {
    const { CatalogBucket, PhotosBucket } = outputsOf(stack);
    const s3 = s3Client(cloud);
    const result = await this.report.step(
      `Importing ${file.name}`,
      (progress) => importCatalogue(s3, CatalogBucket, file, progress),
      describeImport,
    );
    for (const { line, reason } of result.rejected.slice(0, 10))
      this.report.line(`           ${file.name}:${line}: ${reason}`);
    if (file.pictures.length === 0) return;
    await this.report.step(
      'Preparing pictures',
      (progress) => putPictures(s3, PhotosBucket, file.pictures, progress),
      describePictures,
    );
  }
}

function describeImport({ imported, rejectedCount }: ImportResult): string {
  return `${imported} products imported, ${rejectedCount} rows rejected`;
}

function describePictures({ ready, missing }: PicturesDone): string {
  return missing.length === 0 ? `${ready} ready` : `${ready} ready, not ${missing.join(', ')}`;
}
