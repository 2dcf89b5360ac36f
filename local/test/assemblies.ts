import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type Resources = Record<string, { Type: string; [key: string]: unknown }>;

/** The least assembly that holds this template: what `cdk synth` leaves, without assets. */
export function assembly(name: string, Resources: Resources, outputs: Record<string, unknown> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }]));
  writeFileSync(join(directory, `${name}.template.json`), JSON.stringify({ Resources, Outputs }));
  const properties = { templateFile: `${name}.template.json` };
  const environment = 'aws://unknown-account/unknown-region';
  const artifacts = { [name]: { type: 'aws:cloudformation:stack', environment, properties } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts }));
  return directory;
}

/** A function with this source, and a role of its own that may do what `statements` say. */
export function inlineFunction(
  id: string,
  source: string,
  { statements = [] as object[], environment = {} as Record<string, unknown>, timeout = 5 } = {},
): Resources {
  const AssumeRolePolicyDocument = trust({ Service: 'lambda.amazonaws.com' });
  const Policies = statements.length
    ? [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }]
    : [];
  return {
    [`${id}Role`]: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument, Policies } },
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: source },
        Role: att(`${id}Role`),
        Timeout: timeout,
        Environment: { Variables: environment },
      },
    },
  };
}

/** An HTTP API whose every route is the function. */
export function httpApi(id: string, functionId: string, properties: object = {}): Resources {
  return {
    [id]: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: id, ProtocolType: 'HTTP', ...properties } },
    [`${id}Stage`]: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref(id), StageName: '$default', AutoDeploy: true },
    },
    [`${id}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref(id),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: att(functionId),
        PayloadFormatVersion: '2.0',
      },
    },
    [`${id}Route`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref(id),
        RouteKey: '$default',
        Target: joined('integrations/', ref(`${id}Integration`)),
      },
    },
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: att(functionId),
        Principal: 'apigateway.amazonaws.com',
      },
    },
  };
}

export const ref = (id: string) => ({ Ref: id });
export const att = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
export const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
export const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
export const trust = (Principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
});

/** Asks until the answer is there; fails with the last one when it does not come. */
export async function eventually<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean, seconds = 45): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}
