import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  MailTransport,
  Notifications,
  OrderingStore,
  ProductCatalog,
  ServerlessShop,
  type ServerlessShopProps,
  ShopEvent,
} from '../../src';

const mail = MailTransport.ses({ from: 'shop@example.com' });

/** The expressions that events of publishers and rules of listeners carry, by a text that tells them apart. */
function resourcesIn(stack: Stack) {
  const template = Template.fromStack(stack);
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const published = functions.flatMap(({ Properties }) => Properties.Environment?.Variables?.EVENT_RESOURCE ?? []);
  const rules = Object.values(template.findResources('AWS::Events::Rule'));
  const listened = rules.flatMap(({ Properties }) => Properties.EventPattern?.resources ?? []);
  const distinct = (all: unknown[]) => [...new Set(all.map((one) => JSON.stringify(one)))];
  return { published: distinct(published), listened: distinct(listened) };
}

function shopIn(stack: Stack, id: string, props: ServerlessShopProps = {}): ServerlessShop {
  const shop = new ServerlessShop(stack, id, { mail, ...props });
  shop.onEvent(ShopEvent.ORDER_PLACED, new targets.SqsQueue(new sqs.Queue(shop, 'Mine')));
  return shop;
}

test('all events of a shop carry one expression, and all its listeners ask for it', () => {
  const stack = new Stack(new App(), 'Test');
  const shop = shopIn(stack, 'Shop');
  const expected = [JSON.stringify(stack.resolve(shop.eventResource))];
  expect(resourcesIn(stack)).toEqual({ published: expected, listened: expected });
});

test('a restored table changes nothing of it', () => {
  const synthesize = (restored: boolean) => {
    const stack = new Stack(new App(), 'Test');
    const tableOf = (id: string) =>
      restored ? dynamodb.TableV2.fromTableAttributes(stack, id, { tableName: id, tableStreamArn: STREAM }) : undefined;
    const catalog = new ProductCatalog(stack, 'Catalog', { table: tableOf('Products') });
    const store = new OrderingStore(stack, 'Store', { catalog, table: tableOf('Orders') });
    new Notifications(stack, 'Notifications', { mail, store });
    return resourcesIn(stack);
  };
  expect(synthesize(false).published).toHaveLength(2);
  expect(synthesize(true)).toEqual(synthesize(false));
});

const STREAM = 'arn:aws:dynamodb:eu-west-1:111122223333:table/restored/stream/2026-01-01T00:00:00.000';

test('two shops on one bus, and two deployments of one stack, are told apart', () => {
  const stack = new Stack(new App(), 'Test');
  const bus = new events.EventBus(stack, 'Bus');
  const resources = ['One', 'Two'].map((id) => JSON.stringify(stack.resolve(shopIn(stack, id, { bus }).eventResource)));
  expect(new Set(resources).size).toBe(2);
  for (const resource of resources) expect(resource).toContain('{"Ref":"AWS::StackName"}');
});

test('parts that stand alone tell of themselves', () => {
  const stack = new Stack(new App(), 'Test');
  const catalog = new ProductCatalog(stack, 'Catalog');
  const stores = ['One', 'Two'].map((id) => new OrderingStore(stack, id, { catalog }));
  const resources = [catalog, ...stores].map(({ eventResource }) => JSON.stringify(stack.resolve(eventResource)));
  expect(new Set(resources).size).toBe(3);
});

test('listeners in other stacks, and in other regions, ask for what the publisher says', () => {
  const app = new App();
  const account = '111122223333';
  const data = new Stack(app, 'Data', { env: { account, region: 'eu-west-1' }, crossRegionReferences: true });
  const store = new OrderingStore(data, 'Store', { catalog: new ProductCatalog(data, 'Catalog') });
  const stacks = ['eu-west-1', 'eu-central-1'].map((region) => {
    const stack = new Stack(app, `Mails-${region}`, { env: { account, region }, crossRegionReferences: true });
    const bus = events.EventBus.fromEventBusName(stack, 'Bus', 'forwarded');
    new Notifications(stack, 'Notifications', { mail, store, bus });
    return stack;
  });
  const [near, far] = stacks.map((stack) => resourcesIn(stack).listened[0]);
  expect(near).toMatch(/"cdk-serverless-shop:eu-west-1:111122223333:".*"Fn::ImportValue":"Data:[^"]*StackName/);
  expect(far).toMatch(
    /"cdk-serverless-shop:eu-west-1:111122223333:".*"Fn::GetAtt":\["ExportsReader[^"]*","[^"]*StackName/,
  );
  expect(resourcesIn(data).published.join()).toContain('{"Ref":"AWS::StackName"}');
});

test("a name of the user's own", () => {
  const stack = new Stack(new App(), 'Test');
  shopIn(stack, 'Shop', { eventResource: 'shop-of-zurich' });
  expect(resourcesIn(stack)).toEqual({ published: ['"shop-of-zurich"'], listened: ['"shop-of-zurich"'] });
});

test('a name that cannot be one is a mistake', () => {
  const app = new App();
  new ProductCatalog(new Stack(app, 'Test'), 'Catalog', { eventResource: 'two words' });
  expect(() => app.synth()).toThrow('eventResource is "two words"; it must be 1 to 200 printable ASCII characters');
});
