import { METRIC_NAMESPACE } from '../building-blocks/contract';

/**
 * Counts by CloudWatch's embedded metric format: one line in the log, no call.
 *
 * The line goes past the console, which Lambda's JSON log format would wrap so that CloudWatch no longer knows it.
 *
 * @param dimensions name and value of what the metrics are about
 * @param counts value by metric name
 */
export function count(dimensions: Readonly<Record<string, string>>, counts: Readonly<Record<string, number>>): void {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }));
  const CloudWatchMetrics = [{ Namespace: METRIC_NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics }];
  const line = { _aws: { Timestamp: Date.now(), CloudWatchMetrics }, ...dimensions, ...counts };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
