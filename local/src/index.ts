export type { DeployedResource, DeployedStack } from './deploy';
export { LocalCloudError } from './errors';
export { type DeployOptions, LocalCloud, type LocalCloudOptions } from './local-cloud';
