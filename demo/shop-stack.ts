import type { DeployedStack, FrontDoors } from '../local/src';
import { DemoError } from './errors';

/** Outputs of the example shop's stack that the demo goes by. */
const OUTPUTS = [
  'ShopUrl',
  'ApiUrl',
  'CatalogBucket',
  'PhotosBucket',
  'PhotosApiUrl',
  'ClassifierApiUrl',
  'AnalyticsJobName',
  'SalesBucket',
  'StatisticsBucket',
] as const;

export type ShopOutputs = Record<(typeof OUTPUTS)[number], string>;

export interface ShopUrls {
  readonly shop: string;
  readonly api: string;
  readonly mail: string;
  readonly photosApi: string;
  readonly classifierApi: string;
}

export interface ShopFunction {
  /** Where it stands in the app: its logical id without the hash. */
  readonly title: string;
  /** Physical name. */
  readonly name: string;
}

/** @throws DemoError naming the outputs that are not there */
export function outputsOf(stack: DeployedStack): ShopOutputs {
  const missing = OUTPUTS.filter((name) => !stack.outputs[name]);
  if (missing.length > 0) throw new DemoError(`stack ${stack.name} lacks the outputs ${missing.join(', ')}`);
  return stack.outputs as ShopOutputs;
}

/** Where this machine answers for what the stack's outputs call by its AWS address. */
export function urlsOf(stack: DeployedStack, doors: FrontDoors): ShopUrls {
  const { ApiUrl, PhotosApiUrl, ClassifierApiUrl } = outputsOf(stack);
  const [shop] = Object.values(doors.sites);
  const apiOf = (address: string) => {
    const apiId = new URL(address).hostname.split('.')[0];
    const api = stack.resources.find(({ physicalId }) => physicalId === apiId);
    if (!api) throw new DemoError(`stack ${stack.name} has no API at ${address}`);
    return doors.apis[api.logicalId];
  };
  return {
    shop,
    api: apiOf(ApiUrl),
    mail: doors.mail,
    photosApi: apiOf(PhotosApiUrl),
    classifierApi: apiOf(ClassifierApiUrl),
  };
}

/** The stack's functions, by title. */
export function functionsOf(stack: DeployedStack): ShopFunction[] {
  return stack.resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(({ logicalId, physicalId }) => ({ title: logicalId.replace(/[0-9A-F]{8}$/, ''), name: physicalId }))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
}
