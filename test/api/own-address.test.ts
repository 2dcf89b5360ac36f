import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ImagePipeline, ServerlessShop, type ServerlessShopProps, ServiceApi, Storefront } from '../../src';

const WEB_ACL = 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/acl/1';
const env = { account: '111111111111', region: 'eu-west-1' };

function shop(props: ServerlessShopProps): Stack {
  const stack = new Stack(new App(), 'Stack', { env });
  const api = new ServiceApi(stack, 'Api');
  const images = new ImagePipeline(stack, 'Photos', { api });
  new ServerlessShop(stack, 'Shop', { api, images, ...props });
  return stack;
}

const secretsOf = (template: Template) => Object.keys(template.findResources('AWS::SecretsManager::Secret'));

/** What names the first secret at deployment, and never holds it. */
const reference = (secret: string) => ({
  'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:::}}']],
});

/** The functions that an API leads to. */
function handlersOf(template: Template): { id: string; secrets: unknown }[] {
  const integrations = Object.values(template.findResources('AWS::ApiGatewayV2::Integration'));
  const functions = template.findResources('AWS::Lambda::Function');
  const ids = new Set<string>(integrations.map(({ Properties }) => Properties.IntegrationUri['Fn::GetAtt'][0]));
  return [...ids].map((id) => ({ id, secrets: functions[id].Properties.Environment?.Variables.ORIGIN_SECRETS }));
}

type Header = { HeaderName: string; HeaderValue: unknown };

/** The secrets that each distribution sends. */
function headersOf(template: Template): Header[][] {
  return sentBy(template).map((headers) => headers.filter(({ HeaderName }) => HeaderName === 'x-origin-secret'));
}

function sentBy(template: Template): Header[][] {
  const sites = Object.values(template.findResources('AWS::CloudFront::Distribution'));
  return sites.map(({ Properties }) => {
    const { Origins } = Properties.DistributionConfig;
    return Origins.find((it: { CustomOriginConfig?: object }) => it.CustomOriginConfig).OriginCustomHeaders;
  });
}

test.each([undefined, WEB_ACL])('a distribution shows checkout that its requests came through it: %s', (webAclArn) => {
  const template = Template.fromStack(shop({ webAclArn }));
  const known = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
    ({ Properties }) => Properties.Environment?.Variables?.API_EDGE_PROOF ?? [],
  );
  expect(known).toHaveLength(1);
  expect(sentBy(template)).toEqual([expect.arrayContaining([{ HeaderName: 'x-shop-edge', HeaderValue: known[0] }])]);
});

describe('with a web ACL', () => {
  const template = Template.fromStack(shop({ webAclArn: WEB_ACL }));
  const [secret] = secretsOf(template);

  test('every function behind the API takes what the distribution sends, and the template does not hold it', () => {
    expect(secretsOf(template)).toHaveLength(1);
    expect(headersOf(template)).toEqual([[{ HeaderName: 'x-origin-secret', HeaderValue: reference(secret) }]]);
    const handlers = handlersOf(template);
    expect(handlers.length).toBeGreaterThan(6);
    for (const { id, secrets } of handlers) expect([id, secrets]).toEqual([id, reference(secret)]);
  });

  test('functions behind nothing but queues and streams are told nothing, and no role may read it', () => {
    const told = Object.values(template.findResources('AWS::Lambda::Function')).filter(
      ({ Properties }) => Properties.Environment?.Variables?.ORIGIN_SECRETS,
    );
    expect(told).toHaveLength(handlersOf(template).length);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('secretsmanager');
  });

  test('the address that is told to callers is one at which they are answered', () => {
    const output = Object.entries(template.findOutputs('*')).find(([name]) => name.includes('ApiUrl'))?.[1];
    expect(JSON.stringify(output?.Value)).toContain('Distribution');
  });
});

describe('left open', () => {
  test.each<[string, ServerlessShopProps]>([
    ['without a web ACL', {}],
    ['on demand', { webAclArn: WEB_ACL, closeApi: false }],
  ])('%s, there is no secret and no header', (_, props) => {
    const stack = shop(props);
    const template = Template.fromStack(stack);
    expect(secretsOf(template)).toEqual([]);
    expect(headersOf(template)).toEqual([[]]);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('past the web ACL'));
    expect(warnings).toHaveLength(props.webAclArn ? 1 : 0);
  });
});

test('it may be closed without a web ACL, and for whatever comes before and after', () => {
  const stack = new Stack(new App(), 'Stack', { env });
  const api = new ServiceApi(stack, 'Api');
  new Storefront(stack, 'Before', { api });
  new Storefront(stack, 'Closing', { api: new ServiceApi(stack, 'Other'), closeApi: true });
  const made = (id: string) =>
    new lambda.Function(stack, id, {
      runtime: lambda.Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = () => {}'),
    });
  api.addRoutes([{ method: 'GET', path: '/before', operationId: 'before' }], made('Early'));
  expect([api.isClosed, 'x-origin-secret' in api.originHeaders]).toEqual([false, false]);
  api.closeDirectAccess();
  api.closeDirectAccess();
  api.addRoutes([{ method: 'GET', path: '/after', operationId: 'after' }], made('Late'));

  const template = Template.fromStack(stack);
  expect(secretsOf(template)).toHaveLength(2);
  expect(headersOf(template).every((headers) => headers.length === 1)).toBe(true);
  const own = handlersOf(template).filter(({ id }) => /^(Early|Late|Api)[0-9A-F]{8}$/.test(id));
  expect(own.map(({ secrets }) => secrets)).toEqual(own.map(() => reference(secretsOf(template)[0])));
  expect(own).toHaveLength(3);
  const warned = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('is not ours'));
  expect(warned.map(({ id }) => id).sort()).toEqual(['/Stack/Early', '/Stack/Late']);
});

test('across stacks the secret stays where the API is', () => {
  const app = new App();
  const api = new ServiceApi(new Stack(app, 'Front', { env }), 'Api');
  const pages = new Stack(app, 'Pages', { env });
  new Storefront(pages, 'Storefront', { api, webAclArn: WEB_ACL });
  expect(secretsOf(Template.fromStack(Stack.of(api)))).toHaveLength(1);
  const [[{ HeaderValue }]] = headersOf(Template.fromStack(pages));
  expect(JSON.stringify(HeaderValue)).toMatch(/resolve:secretsmanager:.*ImportValue/);
});

describe('the secrets', () => {
  const withNames = (...originSecrets: string[]) => {
    const stack = new Stack(new App(), 'Stack', { env });
    const api = new ServiceApi(stack, 'Api', { originSecrets });
    new Storefront(stack, 'Storefront', { api, closeApi: true });
    return stack;
  };

  test('are all taken, and the first is sent: one can be put in the place of another', () => {
    const template = Template.fromStack(withNames('new', 'old'));
    const secret = (name: string) => secretsOf(template).find((it) => it.includes(`OriginSecret${name}`)) as string;
    expect(headersOf(template)[0][0].HeaderValue).toEqual(reference(secret('new')));
    const [{ secrets }] = handlersOf(template);
    expect(JSON.stringify(secrets)).toContain(
      `:SecretString:::}} {{resolve:secretsmanager:",{"Ref":"${secret('old')}"}`,
    );
  });

  test.each([[[]], [['a', 'a']], [['a b']], [['']]])('%j are a mistake', (names) => {
    expect(() => Template.fromStack(withNames(...names))).toThrow(`originSecrets is ${JSON.stringify(names)}`);
  });
});
