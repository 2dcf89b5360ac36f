import { GetObjectCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../demo/stock-the-shop';
import { request } from '../api-request';
import type { ExampleShop } from '../example-shop';

const NAMED = /(?:href|src)="(\/[^"]+)"/g;

/** Fetches the shop's page and then, together, everything it names, as a browser does. */
export async function openPage(origin: string): Promise<void> {
  const addresses = namedIn(await fetchText(origin, '/'));
  await Promise.all(addresses.map((address) => fetchText(origin, address)));
}

/** Gets the same without front door, CDN and HTTP API. */
export async function readPage(shop: ExampleShop): Promise<void> {
  const { TargetBucket } = shop.propertiesOf('Custom::PublishedSite');
  const folder = shop.physicalIdOf('Custom::PublishedSite');
  const s3 = s3Client(shop.cloud);
  const read = async (address: string) => {
    const object = { Bucket: String(TargetBucket), Key: `${folder}${address}` };
    const { Body } = await s3.send(new GetObjectCommand(object));
    return (await Body?.transformToString()) ?? '';
  };
  const addresses = namedIn(await read('/index.html'));
  await Promise.all(
    addresses.map((address) =>
      address.startsWith('/v1/') ? shop.invoke('store-config', request(`GET ${address}`)) : read(address),
    ),
  );
}

function namedIn(page: string): string[] {
  const addresses = [...page.matchAll(NAMED)].map(([, address]) => address);
  if (addresses.length === 0) throw new Error('the page names neither scripts nor styles');
  return addresses;
}

async function fetchText(origin: string, address: string): Promise<string> {
  const answer = await fetch(origin + address);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${address} was answered ${answer.status}: ${text}`);
  return text;
}
