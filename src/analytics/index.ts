export * from './glue-analytics-job';
export * from './glue-analytics-job-props';
export * from './query';
export * from './source';
export * from './worker-type';
