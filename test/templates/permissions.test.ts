import { CONSTRUCTS, templateOf } from './all-constructs';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly StringEquals?: Record<string, unknown> };
}

/** Actions that know no resources; AWS's service authorization reference says so for each. */
const WITHOUT_RESOURCES = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  // What a state machine needs to send its log to CloudWatch Logs.
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'cloudwatch:PutMetricData',
];

/** Mail goes to identities that are not known beforehand, but from one address. */
const isBoundToSender = ({ Action, Condition }: Statement) =>
  Action === 'ses:SendEmail' && Condition?.StringEquals?.['ses:FromAddress'] !== undefined;

function statementsOf(name: string): Statement[] {
  const { Resources } = templateOf(name);
  return Object.values(Resources as Record<string, { Type: string; Properties: Record<string, never> }>).flatMap(
    ({ Type, Properties }) => {
      if (Type === 'AWS::IAM::Policy') return (Properties.PolicyDocument as { Statement: Statement[] }).Statement;
      if (Type === 'AWS::IAM::Role') {
        const policies = (Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
        return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      }
      return [];
    },
  );
}

const actionsOf = ({ Action }: Statement): string[] => [Action].flat();

test.each(Object.keys(CONSTRUCTS))('no role of %s may do an action with a wildcard', (name) => {
  expect(
    statementsOf(name)
      .flatMap(actionsOf)
      .filter((action) => action.includes('*')),
  ).toEqual([]);
});

test.each(Object.keys(CONSTRUCTS))('roles of %s name resources wherever an action has any', (name) => {
  const everywhere = statementsOf(name).filter(
    (statement) => [statement.Resource].flat().includes('*') && !isBoundToSender(statement),
  );
  expect(everywhere.flatMap(actionsOf).filter((action) => !WITHOUT_RESOURCES.includes(action))).toEqual([]);
});

test.each(Object.keys(CONSTRUCTS))('%s uses no policy managed by AWS', (name) => {
  const { Resources } = templateOf(name);
  const managed = Object.entries(Resources as Record<string, { Type: string; Properties?: Record<string, unknown> }>)
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties?.ManagedPolicyArns)
    .map(([id]) => id)
    // Of the test's own functions, which stand for the user's.
    .filter((id) => !id.startsWith('ItFunction'));
  expect(managed).toEqual([]);
});
