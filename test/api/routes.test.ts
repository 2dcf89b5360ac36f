import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ServiceApi, type ServiceRoute } from '../../src';
import { allowedMethods } from '../../src/api/domain/allowed-methods';
import { documentOf, type OpenApiDocument, routesOf } from '../../src/api/domain/api-document';
import { OPERATIONS } from '../../src/api/operations.generated';

const READ: ServiceRoute = { method: 'GET', path: '/notes/{id}', operationId: 'readNote' };
const WRITE: ServiceRoute = { method: 'PUT', path: '/notes/{id}', operationId: 'writeNote' };

function synthesize(...groups: ServiceRoute[][]) {
  const stack = new Stack(new App(), 'Stack');
  const api = new ServiceApi(stack, 'Api');
  for (const [index, routes] of groups.entries()) {
    const handler = new lambda.Function(stack, `Handler${index}`, {
      runtime: lambda.Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({})'),
    });
    api.addRoutes(routes, handler);
  }
  const template = Template.fromStack(stack);
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
  const [{ Properties: defaults }] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Environment: {} } }),
  );
  return {
    template,
    targets: new Map(routes.map(({ RouteKey, Target }) => [RouteKey, JSON.stringify(Target)])),
    operations: defaults.Environment.Variables.API_OPERATIONS as string,
  };
}

describe('HEAD', () => {
  test('goes where GET goes, without a permission more', () => {
    const { template, targets } = synthesize([READ, WRITE]);
    expect([...targets.keys()].sort()).toEqual([
      '$default',
      'GET /v1/notes/{id}',
      'GET /v1/openapi.json',
      'HEAD /v1/notes/{id}',
      'HEAD /v1/openapi.json',
      'PUT /v1/notes/{id}',
    ]);
    expect(targets.get('HEAD /v1/notes/{id}')).toBe(targets.get('GET /v1/notes/{id}'));
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('may be an operation by itself, named %s', (_, first) => {
    const head: ServiceRoute = { method: 'HEAD', path: '/notes/{id}', operationId: 'askForNote' };
    const { targets } = first === 0 ? synthesize([head], [READ]) : synthesize([READ, head]);
    expect(targets.has('HEAD /v1/notes/{id}')).toBe(true);
    expect(targets.get('HEAD /v1/notes/{id}') === targets.get('GET /v1/notes/{id}')).toBe(first === 1);
  });
});

test('the default function is told of ours by their ids, and of others by their routes', () => {
  const known: ServiceRoute = { method: 'GET', path: '/products', operationId: 'listProducts' };
  const moved: ServiceRoute = { method: 'GET', path: '/things', operationId: 'listCategories' };
  expect(synthesize([READ, WRITE, known, moved]).operations).toBe(
    'GET /notes/{id},GET /things,PUT /notes/{id},listProducts',
  );
});

test('the operations that constructs know are those of the document', () => {
  const text = readFileSync(path.resolve(__dirname, '../../assets/openapi.json'), 'utf8');
  const document = JSON.parse(text) as OpenApiDocument;
  expect(routesOf(document).sort()).toEqual(Object.values(OPERATIONS).sort());
  const { getCart } = OPERATIONS;
  expect(routesOf(documentOf(document, new Set(['getCart', 'GET /notes/{id}']), 'Title'))).toEqual([getCart]);
});

describe('the methods of an address', () => {
  const routes = [
    'GET /notes',
    'POST /notes',
    'GET /notes/{id}',
    'DELETE /notes/{id}',
    'PUT /notes/{id}/files/{path+}',
    'POST /v1.0/a+b',
  ];

  test.each<[string, string[]]>([
    ['/notes', ['GET', 'HEAD', 'POST']],
    ['/notes/1', ['DELETE', 'GET', 'HEAD']],
    ['/notes/a b%25', ['DELETE', 'GET', 'HEAD']],
    ['/notes/1/files/a/b', ['PUT']],
    ['/v1.0/a+b', ['POST']],
    ['/v1x0/a+b', []],
    ['/v1.0/aab', []],
    ['/notes/', []],
    ['/notes/1/2', []],
    ['/notes/1/files', []],
    ['/', []],
    ['', []],
  ])('%s are %j', (address, methods) => {
    expect(allowedMethods(routes, address)).toEqual(methods);
  });
});
