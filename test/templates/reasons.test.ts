import { type App, type CfnElement, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as events from 'aws-cdk-lib/aws-events';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import type { IConstruct } from 'constructs';
import { USES } from './all-uses';
import { acknowledgementsIn, findingsWithoutReasons, isAt } from './nag';

/** What checkers are told of our resources is compared with what the resources have. */

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

interface CustomResource {
  readonly Type: string;
  readonly Properties?: { readonly ServiceToken?: unknown };
}

/** The resources of one type in an app, as CloudFormation gets them. */
class Deployed {
  readonly all: IConstruct[];

  constructor(readonly app: App) {
    this.all = app.node.findAll();
  }

  below<T extends IConstruct>(at: string, type: new (...props: never[]) => T): T[] {
    return this.each(type).filter(({ node }) => isAt(node.path, at));
  }

  each<T extends IConstruct>(type: new (...props: never[]) => T): T[] {
    return this.all.filter((it): it is T => it instanceof type);
  }

  /** Whether a value of a resource refers to another one. */
  refers(from: IConstruct, value: unknown, to: CfnElement): boolean {
    const id = Stack.of(to).resolve(to.logicalId);
    return JSON.stringify(Stack.of(from).resolve(value) ?? null).includes(`"${id}"`);
  }

  /** Mappings that call a function below a path. */
  mappingsTo(at: string): lambda.CfnEventSourceMapping[] {
    return this.below(at, lambda.CfnFunction).flatMap((handler) =>
      this.each(lambda.CfnEventSourceMapping).filter((it) => this.refers(it, it.functionName, handler)),
    );
  }

  /** Whether what fails in a mapping's queue for good is kept. */
  redrives(mapping: lambda.CfnEventSourceMapping): boolean {
    const queue = this.each(sqs.CfnQueue).find((it) => this.refers(mapping, mapping.eventSourceArn, it));
    return queue?.redrivePolicy !== undefined;
  }
}

const any = <T>(list: T[], holds: (it: T) => boolean): boolean => list.some(holds);
const all = <T>(list: T[], holds: (it: T) => boolean): boolean => list.length > 0 && list.every(holds);

/** What must hold of the resource where a reason begins so. Those about policies are compared action by action below. */
const CLAIMS: [RegExp, (deployed: Deployed, at: string) => boolean][] = [
  [
    /^API Gateway calls it/,
    (its, at) =>
      all(its.below(at, lambda.CfnFunction), (handler) =>
        any(its.each(apigatewayv2.CfnIntegration), (it) => its.refers(it, it.integrationUri, handler)),
      ),
  ],
  [
    /^Who calls it waits for its answer/,
    (its, at) =>
      all(its.below(at, lambda.CfnFunction), (handler) =>
        its.each(events.CfnRule).every((it) => !its.refers(it, it.targets, handler)),
      ),
  ],
  [
    /^CloudFormation calls it/,
    (its, at) =>
      all(its.below(at, lambda.CfnFunction), (handler) =>
        any(
          Object.values(Template.fromStack(Stack.of(handler)).toJSON().Resources as Record<string, CustomResource>),
          ({ Type, Properties }) =>
            Type.startsWith('Custom::') && its.refers(handler, Properties?.ServiceToken, handler),
        ),
      ),
  ],
  [/^A queue calls it, whose dead-letter queue/, (its, at) => any(its.mappingsTo(at), (it) => its.redrives(it))],
  [
    /^A stream calls it, whose mapping keeps/,
    (its, at) =>
      any(its.mappingsTo(at), (mapping) =>
        any(its.each(s3.CfnBucket), (it) => its.refers(mapping, mapping.destinationConfig, it)),
      ),
  ],
  [
    /^A mapping of a queue takes no destination: what fails for good goes to the dead-letter queue/,
    (its, at) => all(its.below(at, lambda.CfnEventSourceMapping), (it) => its.redrives(it)),
  ],
  [
    /^It is itself where messages are redriven from/,
    (its, at) =>
      all(its.below(at, sqs.CfnQueue), (queue) =>
        [
          ...its.each(sqs.CfnQueue).map((it) => its.refers(it, it.redrivePolicy, queue)),
          ...its.each(lambda.CfnFunction).map((it) => its.refers(it, it.deadLetterConfig, queue)),
          ...its.each(events.CfnRule).map((it) => its.refers(it, it.targets, queue)),
          ...its.each(sfn.CfnStateMachine).map((it) => its.refers(it, it.definitionString, queue)),
        ].includes(true),
      ),
  ],
  [
    /^It is itself the dead-letter queue of rules/,
    (its, at) =>
      all(its.below(at, sqs.CfnQueue), (queue) =>
        any(its.each(events.CfnRule), (rule) => {
          const targets: { deadLetterConfig?: unknown }[] = Stack.of(rule).resolve(rule.targets);
          return targets.some(({ deadLetterConfig }) => its.refers(rule, deadLetterConfig, queue));
        }),
      ),
  ],
  [
    /^It is itself the dead-letter queue of a state machine/,
    (its, at) =>
      all(its.below(at, sqs.CfnQueue), (queue) =>
        any(its.each(sfn.CfnStateMachine), (it) => its.refers(it, it.definitionString, queue)),
      ),
  ],
  [
    /^\S+ \S+ is for guests, who do not sign in/,
    (its, at) => all(its.below(at, apigatewayv2.CfnRoute), ({ authorizationType }) => authorizationType === 'NONE'),
  ],
  [
    /^It answers with what is public: the API document/,
    (its, at) =>
      all(its.below(at, apigatewayv2.CfnRoute), (route) =>
        ['$default', 'GET /v1/openapi.json', 'HEAD /v1/openapi.json'].includes(Stack.of(route).resolve(route.routeKey)),
      ),
  ],
  [
    /^It is private, and its log would need a bucket/,
    (its, at) =>
      all(its.below(at, s3.CfnBucket), ({ publicAccessBlockConfiguration, loggingConfiguration }) =>
        Boolean(publicAccessBlockConfiguration && !loggingConfiguration),
      ),
  ],
  [/^A site is for everyone/, (its, at) => its.below(at, cloudfront.CfnDistribution).length === 1],
  [/^WAF costs money/, (its, at) => all(configs(its, at), ({ webAclId }) => webAclId === undefined)],
  [/^An access log holds visitors' addresses/, (its, at) => all(configs(its, at), ({ logging }) => !logging)],
  [
    /^CloudFront's own certificate takes older TLS/,
    (its, at) => all(configs(its, at), ({ viewerCertificate }) => !viewerCertificate),
  ],
  [
    /^Who sends the secret and who checks it are changed by deployments/,
    (its, at) =>
      all(
        its.below(at, secretsmanager.CfnSecret),
        (secret) =>
          any(its.each(cloudfront.CfnDistribution), (it) => its.refers(it, it.distributionConfig, secret)) &&
          any(its.each(lambda.CfnFunction), (it) => its.refers(it, it.environment, secret)),
      ),
  ],
  [
    /^The log groups are our own/,
    (its, at) => all(its.below(at, glue.CfnJob), (it) => JSON.stringify(it.defaultArguments).includes('logGroup')),
  ],
  [
    /^The job keeps no bookmark/,
    (its, at) =>
      all(its.below(at, glue.CfnJob), (it) => JSON.stringify(it.defaultArguments).includes('bookmark-disable')),
  ],
];

function configs(its: Deployed, at: string): cloudfront.CfnDistribution.DistributionConfigProperty[] {
  return its.below(at, cloudfront.CfnDistribution).map((it) => Stack.of(it).resolve(it.distributionConfig));
}

const OF_POLICY = /^AwsSolutions-IAM5\[(?:Resource|Action)::(.*)\]$/s;

/** Actions at the beginning of a reason: `s3:GetObject, s3:PutObject: why`. */
const actionsIn = (reason: string): string[] => reason.split(': ')[0].split(', ');

/** What the statements of a policy that name the wildcard allow. */
function allowedWith(policy: iam.CfnPolicy, wildcard: string): string[] {
  const { Statement: statements }: { Statement: Statement[] } = Stack.of(policy).resolve(policy.policyDocument);
  return statements.flatMap(({ Action, Resource }) => {
    const actions = [Action].flat();
    const named = [Resource].flat().map((it) => flattenCfnReference(it as object));
    return named.includes(wildcard) ? actions : actions.filter((action) => action === wildcard);
  });
}

describe.each(Object.entries(USES))('%s', (_name, use) => {
  const app = use();
  app.synth();
  const deployed = new Deployed(app);
  const reasons = acknowledgementsIn(app);
  const found = findingsWithoutReasons(app);

  test('gives reasons for what is found, and for nothing else', () => {
    const idle = reasons.filter(({ rule, at }) => !found.some((it) => it.rule === rule && isAt(it.at, at)));
    // Until the stacks of an app know of each other, what is of another one is written in another way.
    const stacks = app.node.children.filter((it) => Stack.isStack(it)).length;
    expect(idle.filter(({ rule }) => stacks === 1 || !OF_POLICY.test(rule))).toEqual([]);
  });

  test('says of each resource what it has', () => {
    const untrue = reasons
      .filter(({ rule }) => !OF_POLICY.test(rule))
      .filter(({ reason, at }) => !CLAIMS.some(([claim, holds]) => claim.test(reason) && holds(deployed, at)));
    expect(untrue).toEqual([]);
  });

  test('names in each reason for a wildcard the actions that it is there for, and all of them', () => {
    for (const { rule, at } of found.filter((it) => OF_POLICY.test(it.rule))) {
      const policy = deployed.each(iam.CfnPolicy).find(({ node }) => node.path === at);
      const given = reasons
        .filter((it) => it.rule === rule && isAt(at, it.at))
        .flatMap(({ reason }) => actionsIn(reason));
      if (given.length === 0 || !policy) continue;
      const [, wildcard] = OF_POLICY.exec(rule) ?? [];
      expect([at, rule, [...new Set(given)].sort()]).toEqual([
        at,
        rule,
        [...new Set(allowedWith(policy, wildcard))].sort(),
      ]);
    }
  });

  test('says of no service that it knows no resources but of the one whose actions are meant', () => {
    const services = { 'X-Ray': ['xray'], SES: ['ses'], CloudWatch: ['cloudwatch'], 'delivery of logs': ['logs'] };
    for (const { rule, reason } of reasons.filter((it) => it.rule.endsWith('[Resource::*]'))) {
      const meant = Object.entries(services).flatMap(([name, prefixes]) => (reason.includes(name) ? prefixes : []));
      const named = new Set(actionsIn(reason).map((action) => action.split(':')[0]));
      expect([rule, [...named].sort()]).toEqual([rule, meant.sort()]);
    }
  });
});
