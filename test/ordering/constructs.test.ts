import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ServiceApi } from '../../src/api';
import { ProductCatalog } from '../../src/catalog';
import { OrderingStore, OrderProcessing, ShoppingCart } from '../../src/ordering';

type Statement = { Action: string | string[]; Resource: unknown; Condition?: Record<string, Record<string, string[]>> };

function stackWith<T>(build: (stack: Stack, catalog: ProductCatalog) => T) {
  const stack = new Stack(new App(), 'Shop');
  const made = build(stack, new ProductCatalog(stack, 'Catalog'));
  return { stack, made, template: Template.fromStack(stack) };
}

/** What a function may do on items, ordering's and the catalogue's: action, and the keys it may do it on. */
function allowedOnItems(template: Template, description: string): string[] {
  const [{ Properties: fn }] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: description } }),
  );
  const role = fn.Role['Fn::GetAtt'][0];
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .filter(({ Condition }) => Condition?.['ForAllValues:StringLike'])
    .flatMap(({ Action, Condition }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          (Condition?.['ForAllValues:StringLike']['dynamodb:LeadingKeys'] ?? []).map((keys) => `${action} ${keys}`),
        ),
    )
    .sort();
}

test('a cart works with just a catalogue: on its API, its bus, and a store of its own', () => {
  const { made, template } = stackWith((stack, catalog) => {
    const cart = new ShoppingCart(stack, 'Cart', { catalog });
    return { cart, catalog };
  });
  expect(made.cart.api).toBe(made.catalog.api);
  expect(made.cart.store.bus).toBe(made.catalog.bus);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
  template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  for (const route of [
    'POST /v1/carts',
    'GET /v1/carts/{id}',
    'DELETE /v1/carts/{id}',
    'PUT /v1/carts/{id}/items/{sku}',
    'POST /v1/carts/{id}/items',
    'GET /v1/availability',
  ]) {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: route });
  }
  expect(environmentOf(template, 'Opens, changes and shows carts; shows stock')).toMatchObject({
    CART_EXPIRY_SECONDS: '2592000',
    CATALOG_CURRENCY: 'USD',
  });
});

test('an order processing works with just a catalogue', () => {
  const { template } = stackWith((stack, catalog) => new OrderProcessing(stack, 'Orders', { catalog }));
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'POST /v1/carts/{id}/checkout' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /v1/orders/{id}' });
  expect(environmentOf(template, 'Turns carts into orders')).toMatchObject({ DEFAULT_LANGUAGE: 'en' });
});

test('each function may do what it does on the items it needs, and nothing else', () => {
  const { template } = stackWith((stack, catalog) => {
    const store = new OrderingStore(stack, 'Store', { catalog });
    new ShoppingCart(stack, 'Cart', { catalog, store });
    new OrderProcessing(stack, 'Orders', { catalog, store });
  });
  expect(allowedOnItems(template, 'Opens, changes and shows carts; shows stock')).toEqual([
    'dynamodb:BatchGetItem SKU#*',
    'dynamodb:BatchGetItem STOCK#*',
    'dynamodb:GetItem CART#*',
    'dynamodb:GetItem SKU#*',
    'dynamodb:PutItem CART#*',
  ]);
  expect(allowedOnItems(template, 'Turns carts into orders')).toEqual([
    'dynamodb:BatchGetItem SKU#*',
    'dynamodb:BatchGetItem STOCK#*',
    'dynamodb:GetItem CART#*',
    'dynamodb:GetItem ORDER#*',
    'dynamodb:GetItem SKU#*',
    'dynamodb:PutItem CART#*',
    'dynamodb:PutItem ORDER#*',
    'dynamodb:PutItem OUTBOX#*',
    'dynamodb:UpdateItem CALLER#*',
    'dynamodb:UpdateItem STOCK#*',
  ]);
  expect(allowedOnItems(template, 'Shows orders')).toEqual(['dynamodb:GetItem ORDER#*']);
  expect(allowedOnItems(template, 'Gives new products their opening stock')).toEqual([
    'dynamodb:BatchGetItem STOCK#*',
    'dynamodb:PutItem STOCK#*',
  ]);
});

test("the catalogue's publications reach the stock opener through a queue with a dead-letter queue", () => {
  const { template, stack, made } = stackWith((stack, catalog) => new OrderingStore(stack, 'Store', { catalog }));
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['cdk-serverless-shop.catalog'], 'detail-type': ['catalog.published'] },
    EventBusName: stack.resolve(made.bus.eventBusName),
    Targets: [Match.objectLike({ Arn: stack.resolve(made.stockWorker.queue.queueArn) })],
  });
  template.hasResourceProperties('AWS::SQS::Queue', {
    // Six times the worker's two minutes.
    VisibilityTimeout: 720,
    RedrivePolicy: {
      deadLetterTargetArn: stack.resolve(made.stockWorker.deadLetterQueue.queueArn),
      // Five would be over in a minute, and what was told once would not be told again.
      maxReceiveCount: 100,
    },
  });
});

test('a shared store is used by both, and brings one table', () => {
  const { template, made } = stackWith((stack, catalog) => {
    const store = new OrderingStore(stack, 'Store', { catalog });
    return [
      new ShoppingCart(stack, 'Cart', { catalog, store }),
      new OrderProcessing(stack, 'Orders', { catalog, store }),
    ];
  });
  expect(made[0].store).toBe(made[1].store);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
});

test("the user's own table, key and API are taken, and functions may use the key", () => {
  const { stack, template } = stackWith((stack, catalog) => {
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/abc');
    const table = dynamodb.TableV2.fromTableAttributes(stack, 'Own', {
      tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/own',
      tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/own/stream/1',
      encryptionKey,
    });
    const api = new ServiceApi(stack, 'Api');
    const orders = new OrderProcessing(stack, 'Orders', { catalog, api, table });
    expect(orders.store.table).toBe(table);
    expect(orders.api).toBe(api);
  });
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
  expect(stack.resolve(environmentOf(template, 'Shows orders')).ORDERING_TABLE_NAME).toBe('own');
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'dynamodb:GetItem',
          Resource: 'arn:aws:dynamodb:eu-west-1:111122223333:table/own',
        }),
        Match.objectLike({
          Action: Match.arrayWith(['kms:Decrypt']),
          Resource: 'arn:aws:kms:eu-west-1:111122223333:key/abc',
        }),
      ]),
    },
    PolicyName: Match.stringLikeRegexp('OrderQuery'),
  });
});

test('cart and checkout are told the same limits, those of their store', () => {
  const orderLimits = { unitsPerLine: 5, total: 100_000 };
  const { template } = stackWith((stack, catalog) => {
    const store = new OrderingStore(stack, 'Store', { catalog, orderLimits });
    new ShoppingCart(stack, 'Cart', { catalog, store });
    return new OrderProcessing(stack, 'Orders', { catalog, store });
  });
  const told = JSON.stringify({ unitsPerLine: 5, units: 100, lines: 50, total: 100_000 });
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const settings = functions.map(({ Properties }) => Properties.Environment?.Variables?.ORDER_LIMITS).filter(Boolean);
  expect(settings).toEqual([told, told]);
});

test('checkout knows how many orders of a source it takes, and who came through the distribution', () => {
  const { template, stack, made } = stackWith((stack, catalog) => new OrderProcessing(stack, 'Orders', { catalog }));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        ORDERS_PER_SOURCE: '100',
        API_EDGE_PROOF: stack.resolve(made.api.originHeaders['x-shop-edge']),
      }),
    },
  });
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain('CALLER#*');
  const unlimited = stackWith(
    (stack, catalog) => new OrderProcessing(stack, 'Orders', { catalog, ordersPerSource: 0 }),
  );
  expect(JSON.stringify(unlimited.template.findResources('AWS::IAM::Policy'))).not.toContain('CALLER#');
  const other = new Stack(new App(), 'Shop');
  const many = new OrderProcessing(other, 'Orders', {
    catalog: new ProductCatalog(other, 'Catalog'),
    ordersPerSource: 1001,
  });
  expect(many.node.validate()).toEqual(['ordersPerSource is 1001; it must be a whole number from 0 to 1000.']);
});

test('an alarm tells when unusually much is ordered; nothing ordered is no alarm', () => {
  const { template } = stackWith((stack, catalog) => {
    const orders = new OrderProcessing(stack, 'Orders', { catalog });
    orders.alarmOnUnitsOrdered(500);
    return orders;
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'UnitsOrdered',
    Period: 300,
    Statistic: 'Sum',
    Threshold: 500,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
});

test('limits beyond what an order can hold, and limits beside those of a store, are mistakes', () => {
  const stack = new Stack(new App(), 'Shop');
  const catalog = new ProductCatalog(stack, 'Catalog');
  const orderLimits = { unitsPerLine: 10_000, units: 0, lines: 98, total: 1.5 };
  const store = new OrderingStore(stack, 'Store', { catalog, orderLimits });
  new ShoppingCart(stack, 'Cart', { catalog, store, orderLimits });
  expect(stack.node.findAll().flatMap(({ node }) => node.validate())).toEqual([
    'orderLimits.unitsPerLine is 10000; it must be a whole number from 1 to 9999.',
    'orderLimits.units is 0; it must be a whole number from 1 to 969903.',
    'orderLimits.lines is 98; it must be a whole number from 1 to 97.',
    'orderLimits.total is 1.5; it must be a whole number from 1 to 9007199254740991.',
    'store and orderLimits are both given; the store has its own. Give it to the store instead.',
  ]);
});

test('all mistakes are reported at once, each with what would be right', () => {
  const stack = new Stack(new App(), 'Shop');
  const catalog = new ProductCatalog(stack, 'Catalog');
  const other = new ProductCatalog(stack, 'Other');
  const store = new OrderingStore(stack, 'Store', { catalog, removalPolicy: RemovalPolicy.DESTROY });
  new ShoppingCart(stack, 'Cart', { catalog: other, store, bus: other.bus, cartExpiry: Duration.millis(1500) });
  new OrderProcessing(stack, 'Orders', {
    catalog,
    store,
    table: other.table,
    removalPolicy: RemovalPolicy.RETAIN,
    defaultLanguage: 'English',
  });
  const messages = stack.node.findAll().flatMap(({ node }) => node.validate());
  expect(messages).toEqual(
    expect.arrayContaining([
      'cartExpiry is 1 second 500 millis; it must be whole seconds, from a minute to a year.',
      'store and bus are both given; the store has its own. Give it to the store instead.',
      'store opens its stock from another catalog than the one given; carts and stock must be of the same products.',
      'defaultLanguage is "English"; it must be a language tag such as en or zh-Hant.',
      'store and table, removalPolicy are both given; the store has its own. Give them to the store instead.',
      expect.stringContaining('removalPolicy DESTROY would delete data.'),
    ]),
  );
  expect(() => App.of(stack)?.synth()).toThrow(/cartExpiry.*store and bus.*defaultLanguage/s);
});

test.each([Duration.seconds(59), Duration.days(366)])('a cart may not expire after %s', (cartExpiry) => {
  const stack = new Stack(new App(), 'Shop');
  const cart = new ShoppingCart(stack, 'Cart', { catalog: new ProductCatalog(stack, 'Catalog'), cartExpiry });
  expect(cart.node.validate()).toEqual([expect.stringContaining('it must be whole seconds, from a minute to a year')]);
});

test('two of everything fit in one stack', () => {
  const stack = new Stack(new App(), 'Shop');
  for (const id of ['One', 'Two']) {
    const catalog = new ProductCatalog(stack, `${id}Catalog`);
    const { store } = new ShoppingCart(stack, `${id}Cart`, { catalog });
    new OrderProcessing(stack, `${id}Orders`, { catalog, store });
  }
  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 4);
});

test('the data is kept when its construct goes, and has a time to live, a stream and recovery', () => {
  const { template, stack, made } = stackWith((stack, catalog) => new OrderingStore(stack, 'Store', { catalog }));
  const id = stack.resolve(made.table.tableName).Ref;
  expect(template.findResources('AWS::DynamoDB::GlobalTable')[id]).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    },
  });
});

test('metrics are those that the checkout function counts', () => {
  const { made, stack } = stackWith((stack, catalog) => new OrderProcessing(stack, 'Orders', { catalog }));
  const metrics = [made.metricOrdersPlaced(), made.metricCheckoutsRejected({ period: Duration.minutes(1) })];
  expect(metrics.map(({ namespace, metricName, statistic }) => [namespace, metricName, statistic])).toEqual([
    ['ServerlessShop', 'OrdersPlaced', 'Sum'],
    ['ServerlessShop', 'CheckoutRejected', 'Sum'],
  ]);
  expect(stack.resolve(metrics[0].dimensions)).toEqual({
    OrderProcessing: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '/Orders']] },
  });
});

function environmentOf(template: Template, description: string): Record<string, unknown> {
  const [fn] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: description } }),
  );
  return fn.Properties.Environment.Variables;
}
