export * from './glue-analytics-job';
export * from './query';
export * from './source';
export * from './worker-type';
