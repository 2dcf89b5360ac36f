/** Two sites with the same pages in one bucket, on the local cloud. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type DeployedStack, LocalCloud } from '../../local/src';
import { StaticSite } from '../../src/building-blocks/static-site';

jest.setTimeout(120_000);

let folder: string;
let cloud: LocalCloud;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sites-'));
  cloud = await LocalCloud.start();
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Deploys the stack with these sites, each showing a text. */
async function deploy(texts: Record<string, string>): Promise<DeployedStack> {
  const app = new App({ outdir: mkdtempSync(join(folder, 'assembly-')) });
  const stack = new Stack(app, 'Sites');
  const bucket = new s3.Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
  for (const [id, text] of Object.entries(texts)) {
    const pages = join(folder, text);
    mkdirSync(pages, { recursive: true });
    writeFileSync(join(pages, 'index.html'), text);
    new StaticSite(stack, id, { pages, description: id, bucket, config: { site: id } });
  }
  app.synth();
  return cloud.deploy(app.outdir);
}

/** What visitors of each site see: its page, and the settings that the page reads. */
async function shown(): Promise<Record<string, string[]>> {
  const { sites } = await cloud.openFrontDoors();
  const pages = Object.entries(sites).map(async ([id, origin]) => {
    const texts = ['/', '/config.json'].map(async (address) => (await fetch(origin + address)).text());
    return [id.slice(0, 3), await Promise.all(texts)];
  });
  return Object.fromEntries(await Promise.all(pages));
}

async function keysIn(bucket: string): Promise<string[]> {
  const { Contents = [] } = await new S3Client({ ...cloud.clientConfig, forcePathStyle: true }).send(
    new ListObjectsV2Command({ Bucket: bucket }),
  );
  return Contents.map(({ Key = '' }) => Key);
}

test('neither an update nor the removal of one takes pages of the other away', async () => {
  const two = { Two: ['same', '{"site":"Two"}'] };
  await deploy({ One: 'same', Two: 'same' });
  expect(await shown()).toEqual({ One: ['same', '{"site":"One"}'], ...two });

  await deploy({ One: 'changed', Two: 'same' });
  expect(await shown()).toEqual({ One: ['changed', '{"site":"One"}'], ...two });

  const { outputs } = await deploy({ Two: 'same' });
  expect(await shown()).toEqual(two);
  // Nothing is left of the other, nor of the version that was replaced.
  const keys = await keysIn(outputs.BucketName);
  expect(keys.map((key) => key.split('/').at(-1))).toEqual(['config.json', 'index.html']);
});
