import { Stack, Validations } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';

/**
 * Allows just these actions on just these resources.
 *
 * The L2 `grant*` methods also allow what a caller might need one day (`s3:GetObject*`, every index of a table).
 */
export function allow(grantee: iam.IGrantable, actions: string[], ...resourceArns: string[]): iam.Grant {
  const { grantPrincipal } = grantee;
  if (isOwn(grantPrincipal)) {
    const reason = 'keys of objects are not known beforehand; the pattern is as narrow as it can be.';
    for (const arn of resourceArns) acknowledgeWildcard(grantPrincipal, arn, actions, reason);
  }
  return iam.Grant.addToPrincipal({ grantee, actions, resourceArns });
}

/** Roles of our own functions and jobs. What checkers find in a role of the user's is for the user to judge. */
const OWN_ROLES = new WeakSet<IConstruct>();

/** Marks a role as our own, so that checkers are told why what it may do is written as it is. */
export function ownRole(role: iam.Role): iam.Role {
  OWN_ROLES.add(role);
  return role;
}

function isOwn(principal: iam.IPrincipal): principal is iam.IPrincipal & IConstruct {
  return Construct.isConstruct(principal) && OWN_ROLES.has(principal);
}

/**
 * Tells checkers why a policy below the construct names all resources, or a part of one with a wildcard, if it does.
 *
 * @param actions that the policy allows there; they are part of the reason, which is of no others
 */
export function acknowledgeWildcard(construct: IConstruct, arn: string, actions: string[], reason: string): void {
  const known = new Set<string>();
  const acknowledgeOnce = (): string[] => {
    const written = asCheckersWrite(Stack.of(construct).resolve(arn));
    if (!written.includes('*') || known.has(written)) return [];
    known.add(written);
    acknowledge(construct, { [`AwsSolutions-IAM5[Resource::${written}]`]: `${actions.join(', ')}: ${reason}` });
    return [];
  };
  acknowledgeOnce();
  // What is of another stack is written otherwise once the stacks know of each other.
  construct.node.addValidation({ validate: acknowledgeOnce });
}

/** An ARN with its references in angle brackets. */
function asCheckersWrite(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const [[intrinsic, argument]] = Object.entries(value as object);
  switch (intrinsic) {
    case 'Fn::Join':
      return argument[1].map(asCheckersWrite).join(argument[0]);
    case 'Fn::Sub':
    case 'Fn::ImportValue':
      return asCheckersWrite(argument);
    case 'Fn::GetAtt':
      return `<${argument.map(asCheckersWrite).join('.')}>`;
    case 'Ref':
      return `<${asCheckersWrite(argument)}>`;
    default:
      return JSON.stringify(value);
  }
}

/** Allows putting objects whose keys match a pattern, and no more of the bucket's key than that takes. */
export function allowPut(grantee: iam.IGrantable, bucket: s3.IBucket, ...patterns: string[]): iam.Grant {
  bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
  return allow(grantee, ['s3:PutObject'], ...patterns.map((pattern) => bucket.arnForObjects(pattern)));
}

/** Allows what it takes to put objects or messages where the key encrypts them, and to read them. */
export function allowKey(grantee: iam.IGrantable, key?: kms.IKey): void {
  key?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}

/** What AWS documents for a table's key, which DynamoDB uses in the caller's name. */
function allowKeyOfTable(grantee: iam.IGrantable, { encryptionKey }: dynamodb.ITableV2): void {
  if (!encryptionKey) return;
  encryptionKey.grantEncryptDecrypt(grantee);
  const { grantPrincipal } = grantee;
  if (isOwn(grantPrincipal)) acknowledgeKeyActions(grantPrincipal, 'kms:GenerateDataKey*', 'kms:ReEncrypt*');
}

/** Tells checkers why a policy below the construct allows actions on a key by their beginnings. */
export function acknowledgeKeyActions(construct: IConstruct, ...actions: string[]): void {
  for (const action of actions) {
    const reason = `${action}: the service asks for all that begin so, and one key alone is named.`;
    acknowledge(construct, { [`AwsSolutions-IAM5[Action::${action}]`]: reason });
  }
}

/** Allows actions on a table's items, and the use of its key. */
export function allowOnTable(grantee: iam.IGrantable, table: dynamodb.ITableV2, ...actions: string[]): iam.Grant {
  allowKeyOfTable(grantee, table);
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
  allowKeyOfTable(grantee, table);
  return grant;
}

/** What cdk-nag takes off an id before it compares. */
const SCOPED = 'annotation::';

/**
 * Tells checkers such as cdk-nag why a rule does not apply to what is below the construct, which must be our own.
 *
 * `Validations.acknowledge` writes the same, but an id with "::" in it, as findings have, silences the rule in the whole
 * app with the oldest CDK that we support, and two of them it refuses: an ARN of an imported resource has more.
 *
 * @param reasons by rule, or by finding (`AwsSolutions-IAM5[Resource::*]`), without the name of its pack
 */
export function acknowledge(construct: IConstruct, reasons: Record<string, string>): void {
  for (const [id, reason] of Object.entries(reasons)) {
    construct.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [`${SCOPED}${id}`]: reason });
  }
}
