import { Stack, Validations } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';

/**
 * Allows just these actions on just these resources.
 *
 * The L2 `grant*` methods also allow what a caller might need one day (`s3:GetObject*`, every index of a table).
 */
export function allow(grantee: iam.IGrantable, actions: string[], ...resourceArns: string[]): iam.Grant {
  const { grantPrincipal } = grantee;
  if (Construct.isConstruct(grantPrincipal)) {
    const reason = 'Keys of objects are not known beforehand; the pattern is as narrow as it can be.';
    for (const arn of resourceArns) acknowledgeWildcard(grantPrincipal, arn, reason);
  }
  return iam.Grant.addToPrincipal({ grantee, actions, resourceArns });
}

/** Tells checkers why a policy below the construct names part of a resource with a wildcard, if it does. */
export function acknowledgeWildcard(construct: IConstruct, arn: string, reason: string): void {
  const flat = flatten(Stack.of(construct).resolve(arn));
  const isPartly = flat !== '*' && flat.includes('*');
  // The CDK refuses ids with more than one "::", which ARNs of imported resources have.
  if (isPartly && !flat.includes('::')) acknowledge(construct, { [`AwsSolutions-IAM5[Resource::${flat}]`]: reason });
}

/** An ARN with its references in angle brackets, as checkers write it. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{([^}]+)\}/g, '<$1>');
  if (Array.isArray(value)) return value.map(flatten).join('.');
  const [[intrinsic, argument]] = Object.entries(value as object);
  if (intrinsic === 'Fn::Join') return argument[1].map(flatten).join(argument[0]);
  return `<${flatten(argument)}>`;
}

/** Allows actions on a table's items, and the use of its key. */
export function allowOnTable(grantee: iam.IGrantable, table: dynamodb.ITableV2, ...actions: string[]): iam.Grant {
  table.encryptionKey?.grantEncryptDecrypt(grantee);
  return allow(
    grantee,
    actions.map((action) => `dynamodb:${action}`),
    table.tableArn,
  );
}

/** Allows actions on the table's items whose partition key begins with one of the prefixes. */
export function allowOnItems(
  grantee: iam.IGrantable,
  table: dynamodb.ITableV2,
  prefixes: string[],
  ...actions: string[]
): iam.Grant {
  const grant = iam.Grant.addToPrincipal({
    grantee,
    actions: actions.map((action) => `dynamodb:${action}`),
    resourceArns: [table.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) },
    },
  });
  table.encryptionKey?.grantEncryptDecrypt(grantee);
  return grant;
}

/** Tells checkers such as cdk-nag why a rule does not apply to what is below the construct. */
export function acknowledge(construct: IConstruct, reasons: Record<string, string>): void {
  const rules = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  Validations.of(construct).acknowledge(...rules);
}
