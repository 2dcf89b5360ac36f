export type { AlarmSettings } from './alarm-settings';
export type { BucketLocation } from './bucket-location';
export { FunctionChain, type FunctionChainProps, type FunctionChainStep } from './function-chain';
export type { FunctionSettings } from './function-settings';
export { QueueWorker, type QueueWorkerProps } from './queue-worker';
export type { SiteProps } from './site-props';
