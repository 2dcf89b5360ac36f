import { METRIC_ENV, METRIC_NAMESPACE } from './contract';
import { settings } from './entry';

/**
 * Counts by CloudWatch's embedded metric format: one line in the log, no call.
 *
 * The line goes past the console, which Lambda's JSON log format would wrap so that CloudWatch no longer knows it.
 *
 * @param dimension name of the dimension whose value is the construct that the function is of
 * @returns counts, given the value by name of the metric
 */
export function counter(dimension: string): (counts: Readonly<Record<string, number>>) => void {
  const dimensions = { [dimension]: settings([METRIC_ENV.OWNER])[METRIC_ENV.OWNER] };
  return (counts) => {
    const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }));
    const CloudWatchMetrics = [{ Namespace: METRIC_NAMESPACE, Dimensions: [[dimension]], Metrics }];
    const line = { _aws: { Timestamp: Date.now(), CloudWatchMetrics }, ...dimensions, ...counts };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}
