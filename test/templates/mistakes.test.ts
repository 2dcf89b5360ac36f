import { App, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  MailTransport,
  OrderingStore,
  OrderProcessing,
  ProductCatalog,
  ServerlessShop,
  ServiceApi,
  ShoppingCart,
  Storefront,
} from '../../src';
import { usersFunction } from './all-constructs';

/** One mistake of a user is one line, at the construct that the user wrote, and under the name of its prop. */

const mail = MailTransport.ses({ from: 'shop@example.com' });

function mistakesOf(make: (stack: Stack) => void): [string, string][] {
  const stack = new Stack(new App(), 'Stack');
  make(stack);
  return stack.node
    .findAll()
    .flatMap(({ node }: Construct) => node.validate().map((it): [string, string] => [node.path, it]));
}

function ownTable(stack: Stack): dynamodb.ITableV2 {
  const name = (resourceName: string) => stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  const attributes = { tableArn: name('own'), tableStreamArn: name('own/stream/1') };
  return dynamodb.TableV2.fromTableAttributes(stack, 'Own', attributes);
}

test('a release of Node.js that the functions do not run on, and memory that there is not', () => {
  const functions = { runtime: lambda.Runtime.NODEJS_18_X, memorySize: 64 };
  const expected = [
    'functions.runtime is nodejs18.x; the functions are written for Node.js: use nodejs20.x or newer.',
    'functions.memorySize is 64; it must be a whole number from 128 to 10240.',
  ].map((it) => ['Stack/Shop', it]);
  const make = (stack: Stack) => new ServerlessShop(stack, 'Shop', { mail, functions });
  expect(mistakesOf(make)).toEqual(expected);
  expect(mistakesOf(make)).toEqual(expected);
});

test('routes that no gateway takes', () => {
  const route = { method: 'GET', path: '/notes', operationId: 'listNotes' };
  const wrong = [
    { ...route, method: 'post', path: '/a', operationId: 'a' },
    { ...route, method: 'FETCH', path: '/b', operationId: 'b' },
    { ...route, path: 'c', operationId: 'c' },
    { ...route, path: '/d/{id', operationId: 'd' },
    { ...route, path: '/e/', operationId: 'e' },
    { ...route, path: '/f' },
  ];
  const found = mistakesOf((stack) => {
    new ServiceApi(stack, 'Api').addRoutes([route, ...wrong], usersFunction(stack, 'Handler'));
  });
  expect(found.map(([at]) => at)).toEqual(wrong.map(() => 'Stack/Api'));
  expect(found.map(([, it]) => it)).toEqual([
    expect.stringMatching(/^post \/a: the method is "post"; it must be one of .*GET.*POST/),
    expect.stringMatching(/^FETCH \/b: the method is "FETCH"; it must be one of /),
    expect.stringMatching(/^GET c: the path is "c"; it must be /),
    expect.stringMatching(/^GET \/d\/\{id: the path is "\/d\/\{id"; it must be /),
    expect.stringMatching(/^GET \/e\/: the path is "\/e\/"; it must be /),
    'GET /f and GET /notes are both called listNotes; each operationId must be unique in an API.',
  ]);
});

test('a cart and orders with different stores', () => {
  const found = mistakesOf((stack) => {
    const catalog = new ProductCatalog(stack, 'Catalog');
    new ShoppingCart(stack, 'Cart', { catalog });
    new OrderProcessing(stack, 'Orders', { catalog });
  });
  expect(found).toEqual([
    ['Stack/Orders', expect.stringMatching(/^store is another one than Stack\/Cart\/Store, .*Pass one OrderingStore/)],
  ]);
});

test('one table for two parts', () => {
  const found = mistakesOf((stack) => {
    const table = ownTable(stack);
    const catalog = new ProductCatalog(stack, 'Catalog', { table });
    new OrderingStore(stack, 'Store', { catalog, table });
  });
  expect(found.map(([, it]) => it)).toEqual([
    'table is used by Stack/Catalog already; each part needs a table of its own, in which nothing else is.',
  ]);
});

test('a domain name that is an address', () => {
  const found = mistakesOf((stack) => {
    const arn = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);
    new Storefront(stack, 'Shop', { domainNames: ['https://shop.example.com', 'shop.example.com'], certificate });
  });
  expect(found.map(([, it]) => it)).toEqual([
    'domainNames has "https://shop.example.com"; it must be the name alone, such as shop.example.com.',
  ]);
});
