import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import * as shop from '../../src';
import { IMAGE_METRICS } from '../../src/images/contract';
import { INFERENCE_METRICS } from '../../src/inference/contract';
import { NOTIFICATIONS_METRICS } from '../../src/notifications/contract';
import { ORDERING_METRICS } from '../../src/ordering/contract';
import { METRIC_ENV, METRIC_NAMESPACE } from '../../src/runtime/contract';
import { counter } from '../../src/runtime/metrics';
import { CONSTRUCTS } from './all-constructs';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** What AWS measures of a resource by itself: its dimension, and the metrics, as its documentation lists them. */
const MEASURED_BY_AWS: Record<string, { namespace: string; dimension: string; metrics: string[]; fixed?: object }> = {
  'AWS::ApiGatewayV2::Api': {
    namespace: 'AWS/ApiGateway',
    dimension: 'ApiId',
    metrics: ['4xx', '5xx', 'Count', 'DataProcessed', 'IntegrationLatency', 'Latency'],
  },
  'AWS::CloudFront::Distribution': {
    namespace: 'AWS/CloudFront',
    dimension: 'DistributionId',
    fixed: { Region: 'Global' },
    metrics: ['4xxErrorRate', '5xxErrorRate', 'BytesDownloaded', 'BytesUploaded', 'Requests', 'TotalErrorRate'],
  },
  'AWS::Glue::Job': {
    namespace: 'Glue',
    dimension: 'JobName',
    fixed: { JobRunId: 'ALL', ObservabilityGroup: 'error', Type: 'count' },
    metrics: ['glue.error.ALL', 'glue.succeed.ALL'],
  },
  'AWS::Lambda::Function': {
    namespace: 'AWS/Lambda',
    dimension: 'FunctionName',
    metrics: ['ConcurrentExecutions', 'Duration', 'Errors', 'Invocations', 'IteratorAge', 'Throttles'],
  },
  'AWS::SQS::Queue': {
    namespace: 'AWS/SQS',
    dimension: 'QueueName',
    metrics: [
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesDelayed',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesVisible',
      'NumberOfEmptyReceives',
      'NumberOfMessagesDeleted',
      'NumberOfMessagesReceived',
      'NumberOfMessagesSent',
      'SentMessageSize',
    ],
  },
  'AWS::StepFunctions::StateMachine': {
    namespace: 'AWS/States',
    dimension: 'StateMachineArn',
    metrics: ['ExecutionTime', 'ExecutionsFailed', 'ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsTimedOut'],
  },
};

/** What our functions count: by dimension, which file of a function does it. */
const COUNTED: Record<string, { source: string; capability: string; names: Record<string, string> }> = {
  [IMAGE_METRICS.DIMENSION]: {
    source: 'image-process.lambda.ts',
    capability: 'images',
    names: namesOf('IMAGE_METRICS', IMAGE_METRICS),
  },
  [INFERENCE_METRICS.DIMENSION]: {
    source: 'inference.ts',
    capability: 'inference',
    names: namesOf('INFERENCE_METRICS', INFERENCE_METRICS),
  },
  [NOTIFICATIONS_METRICS.DIMENSION]: {
    source: 'mail-worker.ts',
    capability: 'notifications',
    names: namesOf('NOTIFICATIONS_METRICS', NOTIFICATIONS_METRICS),
  },
  [ORDERING_METRICS.DIMENSION]: {
    source: 'checkout.lambda.ts',
    capability: 'ordering',
    names: namesOf('ORDERING_METRICS', ORDERING_METRICS),
  },
};

/** Expression in a function's source by name of the metric. */
function namesOf(object: string, metrics: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metrics).map(([key, name]) => [name, `${object}.${key}`]));
}

interface Named {
  readonly name: string;
  readonly metric: cloudwatch.Metric;
  readonly stack: Stack;
  readonly resources: Resources;
}

/** Every metric that a construct or one below it, of those that are public, offers. */
function metricsOf(title: string, make: (scope: Construct, id: string) => Construct): Named[] {
  const stack = new Stack(new App(), 'Stack');
  make(stack, 'It');
  const ours = stack.node.findAll().filter((it) => PUBLIC.some((type) => it instanceof type));
  const { Resources: resources } = Template.fromStack(stack).toJSON();
  return ours.flatMap((construct) =>
    methodsOf(construct).map((method) => ({
      name: `${title}: ${construct.constructor.name}.${method}`,
      metric: (construct as unknown as Record<string, () => cloudwatch.Metric>)[method](),
      stack,
      resources,
    })),
  );
}

const PUBLIC = Object.values(shop).filter(
  (it) => typeof it === 'function' && it.prototype?.constructor === it,
) as (new (
  ...args: never
) => Construct)[];

function methodsOf(construct: Construct): string[] {
  return metricMethods(Object.getPrototypeOf(construct));
}

/** Of a prototype and those that it is made from: the CDK wraps a construct's class for property injection. */
function metricMethods(prototype: object | null): string[] {
  if (!prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => /^metric[A-Z]/.test(name));
  return [...own, ...metricMethods(Object.getPrototypeOf(prototype))];
}

const METRICS = Object.entries(CONSTRUCTS).flatMap(([title, make]) => metricsOf(title, make));

test('every construct with metrics is looked at', () => {
  const seen = new Set(METRICS.map(({ name }) => name.replace(/^.*: /, '')));
  const offered = PUBLIC.flatMap((type) => metricMethods(type.prototype).map((name) => `${type.name}.${name}`));
  expect([...seen].sort()).toEqual(offered.sort());
});

test.each(METRICS)('$name is really measured', ({ metric, stack, resources }) => {
  const dimensions = stack.resolve(metric.dimensions) as Record<string, unknown>;
  if (metric.namespace === METRIC_NAMESPACE) expectCounted(metric.metricName, dimensions, resources);
  else expectMeasuredByAws(metric, dimensions, resources);
});

/** The metric is one that AWS publishes of the type of the resource that its dimension refers to. */
function expectMeasuredByAws(metric: cloudwatch.Metric, dimensions: Record<string, unknown>, resources: Resources) {
  const own = Object.entries(dimensions).filter(([, value]) => typeof value !== 'string');
  expect(own).toHaveLength(1);
  const [[dimension, reference]] = own as [string, { Ref?: string; 'Fn::GetAtt'?: [string, string] }][];
  const resource = resources[reference.Ref ?? (reference['Fn::GetAtt'] as [string, string])[0]];
  const measured = MEASURED_BY_AWS[resource.Type];
  expect(measured.metrics).toContain(metric.metricName);
  expect({ namespace: metric.namespace, dimension }).toMatchObject({
    namespace: measured.namespace,
    dimension: measured.dimension,
  });
  const fixed = Object.fromEntries(Object.entries(dimensions).filter(([name]) => name !== dimension));
  expect(fixed).toEqual(measured.fixed ?? {});
  if (metric.namespace === 'Glue') {
    expect(resource.Properties.DefaultArguments).toMatchObject({ '--enable-observability-metrics': 'true' });
  }
}

/** The metric is one that a function of the construct counts under this value of its dimension. */
function expectCounted(metricName: string, dimensions: Record<string, unknown>, resources: Resources) {
  const [[dimension, value], ...others] = Object.entries(dimensions);
  expect(others).toEqual([]);
  const { source, capability, names } = COUNTED[dimension];
  expect(sourceOf(capability, source)).toContain(names[metricName]);
  const counting = Object.values(resources).filter(
    ({ Properties }) => JSON.stringify(variables(Properties)[METRIC_ENV.OWNER]) === JSON.stringify(value),
  );
  expect(counting).toHaveLength(1);
}

test.each(METRICS)('$name is told by what no other deployment in the account has', ({ metric, stack, resources }) => {
  const told = Object.values(stack.resolve(metric.dimensions) as Record<string, unknown>).filter(
    (value) => typeof value !== 'string',
  );
  expect(told).toHaveLength(1);
  const references = JSON.stringify(told).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g);
  const names = [...references].map(([, name]) => name);
  expect(names).not.toEqual([]);
  expect(names.filter((name) => name !== 'AWS::StackName' && !(name in resources))).toEqual([]);
});

test('two constructs of a stack, and the same construct in two stacks, count apart', () => {
  const app = new App();
  const stacks = [new Stack(app, 'One'), new Stack(app, 'Two')];
  for (const stack of stacks) {
    const scope = new Construct(stack, 'Folder');
    for (const id of ['A', 'B']) new shop.ImagePipeline(scope, id);
  }
  const owners = stacks.flatMap((stack) => {
    const functions = Template.fromStack(stack).findResources('AWS::Lambda::Function');
    return Object.values(functions).flatMap(({ Properties }) => variables(Properties)[METRIC_ENV.OWNER] ?? []);
  });
  const owner = (id: string) => ({ 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, `/Folder/${id}`]] });
  expect(owners).toEqual([owner('A'), owner('B'), owner('A'), owner('B')]);
});

function variables({ Environment }: Record<string, unknown>): Record<string, unknown> {
  return (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
}

function sourceOf(capability: string, source: string): string {
  return readFileSync(path.resolve(__dirname, `../../src/${capability}/functions/${source}`), 'utf8');
}

test('every metric that a function counts is offered by a construct', () => {
  const offered = METRICS.map(({ metric }) => metric.metricName);
  const counted = Object.entries(COUNTED).flatMap(([dimension, { names }]) =>
    Object.keys(names).filter((name) => name !== dimension),
  );
  expect(counted.filter((name) => !offered.includes(name))).toEqual([]);
});

test('no function counts what is not known here', () => {
  const source = path.resolve(__dirname, '../../src');
  const counting = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^\w[\w-]*\/(functions|domain)\/.*\.ts$/.test(file))
    .filter((file) => readFileSync(path.join(source, file), 'utf8').includes('runtime/metrics'));
  const known = Object.values(COUNTED).map(({ capability, source }) => `${capability}/functions/${source}`);
  expect(counting.sort()).toEqual(known.sort());
});

test("what functions print is CloudWatch's embedded metric format, in the namespace and dimension of the metrics", () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  process.env[METRIC_ENV.OWNER] = 'Stack/It';
  counter(IMAGE_METRICS.DIMENSION)({ [IMAGE_METRICS.READY]: 1 });
  delete process.env[METRIC_ENV.OWNER];
  const line = JSON.parse(String(write.mock.calls[0][0]));
  write.mockRestore();
  expect(line).toMatchObject({
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[IMAGE_METRICS.DIMENSION]],
          Metrics: [{ Name: IMAGE_METRICS.READY, Unit: 'Count' }],
        },
      ],
    },
    [IMAGE_METRICS.DIMENSION]: 'Stack/It',
    [IMAGE_METRICS.READY]: 1,
  });
  expect(typeof line._aws.Timestamp).toBe('number');
});

test.each(METRICS)("$name leaves the caller's options in force", ({ name, stack }) => {
  const [, type, method] = /: (\w+)\.(\w+)$/.exec(name) as string[];
  const construct = stack.node.findAll().find((it) => it.constructor.name === type);
  const metric = (construct as unknown as Record<string, (options: cloudwatch.MetricOptions) => cloudwatch.Metric>)[
    method
  ]({ period: Duration.hours(1), statistic: 'p42', label: 'Mine' });
  expect(metric).toMatchObject({ period: Duration.hours(1), statistic: 'p42', label: 'Mine' });
});
