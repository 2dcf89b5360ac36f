import { ScopedAws, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC_ENV, METRIC_NAMESPACE } from '../runtime/contract';

/**
 * What the functions of a construct count. One dimension tells whose it is: the deployed stack, and the construct's
 * path in it, so that two deployments in an account never add up.
 */
export class CountedMetrics {
  private readonly owner: string;

  /** @param dimension name of the dimension, as the functions know it */
  constructor(
    scope: Construct,
    private readonly dimension: string,
  ) {
    const { node } = scope;
    const path = node.scopes.slice(Stack.of(scope).node.scopes.length).map(({ node }) => node.id);
    // The stack's own reference, which keeps its value where another stack of the app shows the metric.
    this.owner = [new ScopedAws(scope).stackName, ...path].join('/');
  }

  /** Environment of the functions that count. */
  get environment(): Record<string, string> {
    return { [METRIC_ENV.OWNER]: this.owner };
  }

  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [this.dimension]: this.owner },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    });
  }
}
