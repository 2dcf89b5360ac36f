import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ServiceApi, type ServiceApiProps, type ServiceRoute, SignIn } from '../../src';

const ROUTES: ServiceRoute[] = [
  { method: 'GET', path: '/terms', operationId: 'getTerms' },
  { method: 'GET', path: '/offers', operationId: 'getOffers', signIn: SignIn.OPTIONAL },
  { method: 'GET', path: '/me', operationId: 'getMe', signIn: SignIn.CUSTOMER },
  { method: 'GET', path: '/customers', operationId: 'listCustomers', signIn: SignIn.STAFF, roles: ['owner'] },
];

const jwt = (name: string) =>
  new HttpJwtAuthorizer(name, `https://${name}.example.com`, { jwtAudience: [`${name}-app`] });

function synthesize(props: ServiceApiProps, { routes = ROUTES, functionStack = false } = {}) {
  const app = new App();
  const stack = new Stack(app, 'Test');
  const api = new ServiceApi(stack, 'Api', props);
  const home = functionStack ? new Stack(app, 'Functions') : stack;
  const handler = new lambda.Function(home, 'Handler', {
    runtime: lambda.Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = () => {}'),
  });
  api.addRoutes(routes, handler);
  return { stack, api, home };
}

/** The authorizer's issuer, or else the type, by route. */
function guards(...stacks: Stack[]): Record<string, unknown> {
  const templates = stacks.map((stack) => Template.fromStack(stack));
  const authorizers = Object.assign({}, ...templates.map((it) => it.findResources('AWS::ApiGatewayV2::Authorizer')));
  const routes = templates.flatMap((it) => Object.values(it.findResources('AWS::ApiGatewayV2::Route')));
  return Object.fromEntries(
    routes.map(({ Properties: { RouteKey, AuthorizationType, AuthorizerId } }) => {
      const issuer = authorizers[AuthorizerId?.Ref]?.Properties.JwtConfiguration.Issuer;
      return [RouteKey, issuer ?? AuthorizationType ?? 'NONE'];
    }),
  );
}

test('each route has the authorizer of its sign-in, and guests need none', () => {
  const { stack } = synthesize({ customerAuthorizer: jwt('customers'), staffAuthorizer: jwt('staff') });
  expect(guards(stack)).toEqual({
    $default: 'NONE',
    'GET /v1/openapi.json': 'NONE',
    'HEAD /v1/openapi.json': 'NONE',
    'GET /v1/terms': 'NONE',
    'HEAD /v1/terms': 'NONE',
    'GET /v1/offers': 'NONE',
    'HEAD /v1/offers': 'NONE',
    'GET /v1/me': 'https://customers.example.com',
    'HEAD /v1/me': 'https://customers.example.com',
    'GET /v1/customers': 'https://staff.example.com',
    'HEAD /v1/customers': 'https://staff.example.com',
  });
});

test('an authorizer of what guests may call leaves the others to theirs', () => {
  const { stack, api } = synthesize({
    authorizer: new HttpIamAuthorizer(),
    customerAuthorizer: jwt('customers'),
    staffAuthorizer: jwt('staff'),
  });
  expect(api.isOpen).toBe(false);
  expect(guards(stack)).toMatchObject({
    'GET /v1/terms': 'AWS_IAM',
    'GET /v1/offers': 'AWS_IAM',
    'GET /v1/me': 'https://customers.example.com',
    'GET /v1/customers': 'https://staff.example.com',
  });
});

test('a function of another stack is guarded in the same way', () => {
  const props = { customerAuthorizer: jwt('customers'), staffAuthorizer: jwt('staff') };
  const { home } = synthesize(props, { functionStack: true });
  expect(guards(home)).toEqual({
    'GET /v1/terms': 'NONE',
    'HEAD /v1/terms': 'NONE',
    'GET /v1/offers': 'NONE',
    'HEAD /v1/offers': 'NONE',
    'GET /v1/me': 'JWT',
    'HEAD /v1/me': 'JWT',
    'GET /v1/customers': 'JWT',
    'HEAD /v1/customers': 'JWT',
  });
});

const other = new HttpIamAuthorizer();
test.each<[string, ServiceApiProps, ServiceRoute[], string]>([
  [
    'a missing customerAuthorizer',
    { staffAuthorizer: jwt('staff') },
    ROUTES,
    'GET /me is for a signed-in customer; pass a customerAuthorizer to the ServiceApi.',
  ],
  [
    'a missing staffAuthorizer',
    { customerAuthorizer: jwt('customers') },
    ROUTES,
    'GET /customers is for a signed-in staff; pass a staffAuthorizer to the ServiceApi.',
  ],
  [
    'missing roles',
    { staffAuthorizer: jwt('staff') },
    [{ ...ROUTES[3], roles: [] }],
    'GET /customers is for staff, but its roles are missing',
  ],
  [
    'an authorizer that tells no claims',
    { customerAuthorizer: other as IHttpRouteAuthorizer },
    [ROUTES[2]],
    'customerAuthorizer is of the type AWS_IAM; it must be a JWT authorizer.',
  ],
])('%s is a mistake', (_, props, routes, message) => {
  const { stack } = synthesize(props, { routes });
  expect(() => Template.fromStack(stack)).toThrow(message);
});
