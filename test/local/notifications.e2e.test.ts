/** Order mails by each transport, on the local cloud. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, CfnOutput, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ses from 'aws-cdk-lib/aws-ses';
import { LocalCloud } from '../../local/src';
import { MailTransport, Notifications } from '../../src/notifications';
import { ORDER_PLACED, type OrderPlaced } from '../../src/ordering/events.generated';
import { domainEvent } from '../../src/runtime/events';
import { exampleOf, messageOf } from '../events';
import { CERTIFICATE, SmtpServer } from './smtp-server';
import { deliver, removePolicies, until } from './support';

/** Mails to one mailbox in a day; nobody in the tests of SES gets many. */
const LIMITS: Record<string, number | undefined> = { Smtp: 1000, Custom: 2 };

jest.setTimeout(120_000);

let cloud: LocalCloud;
let smtp: SmtpServer;
let assembly: string;
let outputs: Record<string, string>;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'notifications-'));
  smtp = await SmtpServer.start();
  synthesize(assembly);
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 4 });
  outputs = (await cloud.deploy(assembly)).outputs;
});

afterAll(async () => {
  await cloud?.stop();
  await smtp?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir, context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Notifications');
  new ses.EmailIdentity(stack, 'Identity', { identity: ses.Identity.email('shop@example.com') });
  const secret = new secretsmanager.Secret(stack, 'Secret', {
    secretObjectValue: {
      username: SecretValue.unsafePlainText('shop'),
      password: SecretValue.unsafePlainText('before rotation'),
    },
  });
  const handler = new lambda.Function(stack, 'Handler', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline(`
      exports.handler = async (mail) => {
        console.log('MAIL ' + JSON.stringify(mail));
        const says = (name) => Object.assign(new Error('No mail for ' + mail.to.email), { name });
        if (mail.to.email === 'broken@example.com') throw says('Error');
        if (mail.to.email === 'refused@example.com') throw says('MailRefused');
        if (mail.to.email === 'busy@example.com' && !globalThis.asked) {
          globalThis.asked = true;
          throw says('MailServiceBusy');
        }
      };`),
  });
  const transports = {
    Ses: MailTransport.ses({ from: 'shop@example.com' }),
    Smtp: MailTransport.smtp({ host: 'localhost', port: smtp.port, secret, from: 'shop@example.com' }),
    Custom: MailTransport.custom({ handler }),
  };
  for (const [name, mail] of Object.entries(transports)) {
    const notifications = new Notifications(stack, name, {
      mail,
      shopName: '街角 Shop',
      shopUrl: 'https://shop.example.com',
      mailsPerRecipient: LIMITS[name],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    if (name === 'Smtp') notifications.mailFunction.addEnvironment('NODE_EXTRA_CA_CERTS', CERTIFICATE);
    new CfnOutput(stack, `${name}Bus`, { value: notifications.bus.eventBusName });
    new CfnOutput(stack, `${name}Worker`, { value: notifications.mailFunction.functionName });
    new CfnOutput(stack, `${name}DeadLetters`, { value: notifications.mailWorker.deadLetterQueue.queueUrl });
    new CfnOutput(stack, `${name}Table`, { value: notifications.table.tableName });
  }
  new CfnOutput(stack, 'HandlerName', { value: handler.functionName });
  new CfnOutput(stack, 'SecretArn', { value: secret.secretArn });
  app.synth();
}

describe('SES', () => {
  test('an order that is placed is told of in one mail, however often its event comes', async () => {
    const order = orderOf(1, {
      language: 'en',
      contact: { name: "Zaphod O'Beeblebrox", email: 'zaphod@example.com' },
    });
    await place('Ses', order, order, order);
    await until(async () => (await mailsTo('zaphod@example.com')).length > 0);
    await place('Ses', order);
    // Sent, sent before, or left to the one that is sending it at this moment.
    await until(async () => (logOf('Ses').match(/\border mail was|Sent an order mail/g) ?? []).length >= 4);
    expect(logOf('Ses')).toContain('The order mail was sent before');

    const mails = await mailsTo('zaphod@example.com');
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ subject: 'Your order SO-00000001 at 街角 Shop' });
    expect(mails[0].from).toBe('街角 Shop <shop@example.com>');
    expect(mails[0].text).toContain('2 × Red mug (Size: Large): $25.00');
    expect(mails[0].text).toContain('Total: $25.00');
    expect(mails[0].text).toContain(`https://shop.example.com/orders/${order.orderId}`);
    expect(mails[0].html).toContain('Hello Zaphod O&#39;Beeblebrox,');
  });

  test('an advertisement for a name reaches nobody: the mail greets without one', async () => {
    const contact = { name: 'Win a phone at https://evil.example', email: 'victim@example.org' };
    await place('Ses', orderOf(13, { contact }));
    const [mail] = await until(async () => {
      const mails = await mailsTo('victim@example.org');
      return mails.length > 0 && mails;
    });
    expect(mail).toMatchObject({ to: ['victim@example.org'], subject: 'Your order SO-00000013 at 街角 Shop' });
    expect(mail.text).toMatch(/^Hello,\n/);
    expect(mail.text + mail.html).not.toContain('evil');
  });

  test('an order in Chinese is told of in Chinese', async () => {
    await place('Ses', orderOf(2, { language: 'zh-CN', contact: { name: '小明', email: 'xiaoming@example.com' } }));
    const [mail] = await until(async () => {
      const mails = await mailsTo('xiaoming@example.com');
      return mails.length > 0 && mails;
    });
    expect(mail).toMatchObject({ to: ['小明 <xiaoming@example.com>'], subject: '您在 街角 Shop 的订单 SO-00000002' });
    expect(mail.text).toContain('小明，您好！');
  });

  test('an event that holds no order, or no address, is a dead letter at once, and the next one is told of', async () => {
    const nothing = { ...eventOf(orderOf(3)), detail: { id: 'x', data: {} } };
    expect(await deliver(cloud, outputs.SesWorker, nothing)).toEqual({ batchItemFailures: [] });
    const injected = orderOf(3, { contact: { name: 'X', email: 'x@example.com\r\nBcc: victim@example.com' } });
    expect(await deliver(cloud, outputs.SesWorker, eventOf(injected))).toEqual({ batchItemFailures: [] });
    expect(await mailsTo('victim@example.com')).toEqual([]);
    expect(await deadLetters('Ses')).toEqual([
      { reason: 'unreadable_event', body: nothing },
      { reason: 'invalid_address', body: eventOf(injected) },
    ]);
    const good = orderOf(3, { contact: { name: 'X', email: 'x3@example.com' } });
    expect(await deliver(cloud, outputs.SesWorker, eventOf(good))).toEqual({ batchItemFailures: [] });
    expect(await mailsTo('x3@example.com')).toHaveLength(1);
  });

  test('neither the log nor the records tell who ordered, or lead to the order', async () => {
    const table = new DynamoDBClient(cloud.clientConfig);
    const mailsOf = (found: Record<string, AttributeValue>[]) => found.filter(({ pk }) => pk.S?.startsWith('MAIL#'));
    const Items = await until(async () => {
      const { Items = [] } = await table.send(new ScanCommand({ TableName: outputs.SesTable }));
      return mailsOf(Items).every(({ state }) => state.S === 'SENT') && Items;
    });
    expect(mailsOf(Items)).toHaveLength(4);
    expect(mailsOf(Items).every(({ ttl }) => Number(ttl.N) > Date.now() / 1000 + 89 * 86_400)).toBe(true);
    for (const told of [logOf('Ses'), JSON.stringify(Items)]) {
      expect(told).not.toMatch(/example\.com|Zaphod|小明|Main Street/);
      for (const number of [1, 2, 3]) expect(told).not.toContain(orderOf(number).orderId);
    }
    expect(logOf('Ses')).toContain('SO-00000001');
  });
});

describe('SMTP', () => {
  test('a mail goes over TLS, signed in with the secret, with an id of its own', async () => {
    const order = orderOf(4, { contact: { name: '小明', email: 'xiaoming@example.com' } });
    expect(await deliver(cloud, outputs.SmtpWorker, eventOf(order))).toEqual({ batchItemFailures: [] });
    expect(smtp.mails).toHaveLength(1);
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({
      user: 'shop',
      password: 'before rotation',
      from: 'shop@example.com',
      to: ['xiaoming@example.com'],
    });
    expect(mail.content).toMatch(/^From: =\?UTF-8\?\S+\?= <shop@example\.com>$/m);
    const [, messageId] = /^Message-ID: <([\w-]+)@example\.com>$/m.exec(mail.content) ?? [];
    expect(messageId).toHaveLength(43);
    expect(Buffer.from(messageId, 'base64url').toString()).not.toContain(order.orderId);
    expect(mail.content).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(mail.content).toContain('Total: $25.00');
    expect(mail.content).toContain('<html lang="en">');
  });

  test('a server that has no time is waited for; by then a rotated password is known', async () => {
    const order = orderOf(5);
    smtp.refusals.push('451 try again later', '421 not now');
    await new SecretsManagerClient(cloud.clientConfig).send(
      new PutSecretValueCommand({
        SecretId: outputs.SecretArn,
        SecretString: JSON.stringify({ username: 'shop', password: 'after rotation' }),
      }),
    );
    expect(await deliver(cloud, outputs.SmtpWorker, eventOf(order))).toEqual({ batchItemFailures: [] });
    expect(await deliver(cloud, outputs.SmtpWorker, eventOf(order))).toEqual({ batchItemFailures: [] });
    expect(smtp.mails.map(({ password }) => password)).toEqual(['before rotation', 'after rotation']);
    expect(logOf('Smtp')).not.toContain('rotation');
  });

  test('what the server refuses for good is a dead letter at once, and no address is logged', async () => {
    const order = orderOf(9);
    smtp.refusals.push('554 5.7.1 no mail of this kind');
    smtp.refusedRecipients.set('gone@example.com', '550 5.1.1 <gone@example.com>: no such user');
    const gone = orderOf(10, { contact: { name: 'G', email: 'gone@example.com' } });
    expect(await deliver(cloud, outputs.SmtpWorker, eventOf(gone))).toEqual({ batchItemFailures: [] });
    expect(await deliver(cloud, outputs.SmtpWorker, eventOf(order))).toEqual({ batchItemFailures: [] });
    expect(await deadLetters('Smtp')).toEqual([
      { reason: 'mail_refused', body: eventOf(gone) },
      { reason: 'mail_refused', body: eventOf(order) },
    ]);
    expect(logOf('Smtp')).toContain('SMTP 550 to RCPT TO');
    expect(logOf('Smtp')).not.toContain('gone');
  });

  test('60 orders at once, against a server that takes ten mails a second: all are told of in seconds, none is lost', async () => {
    smtp.mails.length = 0;
    smtp.mailsPerSecond = 10;
    const start = Date.now();
    const orders = Array.from({ length: 60 }, (_, index) => orderOf(100 + index));
    for (let first = 0; first < orders.length; first += 10) await place('Smtp', ...orders.slice(first, first + 10));
    await until(async () => smtp.mails.length >= orders.length, 90);
    const seconds = (Date.now() - start) / 1000;
    smtp.mailsPerSecond = Number.POSITIVE_INFINITY;
    const told = smtp.mails.map(({ content }) => /SO-\d{8}/.exec(content)?.[0]);
    expect(told.sort()).toEqual(orders.map(({ number }) => number));
    expect(await deadLetters('Smtp')).toEqual([]);
    // Six would do; messages that waited for their visibility time-out would take minutes.
    expect(seconds).toBeLessThan(60);
  });
});

describe('a function of the user', () => {
  test('is called with the mail', async () => {
    const order = orderOf(6, { contact: { name: 'Zaphod', email: 'zaphod@example.com' } });
    await place('Custom', order);
    const line = await until(async () => /MAIL (\{.*\})/.exec(cloud.logs(outputs.HandlerName))?.[1]);
    const logged = JSON.parse(line.startsWith('{\\"') ? JSON.parse(`"${line}"`) : line);
    expect(logged).toEqual({
      schemaVersion: 1,
      id: `order.placed:${order.orderId}`,
      fromName: '街角 Shop',
      to: { name: 'Zaphod', email: 'zaphod@example.com' },
      language: 'en',
      subject: 'Your order SO-00000006 at 街角 Shop',
      text: expect.stringContaining('Total: $25.00'),
      html: expect.stringContaining('<html lang="en">'),
    });
  });

  test('when it throws, the mail comes again, and its message is not logged by the worker', async () => {
    const order = orderOf(7, { contact: { name: 'B', email: 'broken@example.com' } });
    expect(await deliver(cloud, outputs.CustomWorker, eventOf(order))).toMatchObject({ batchItemFailures: [{}] });
    expect(logOf('Custom')).not.toContain('broken@example.com');
  });

  test('is called for so many mails of a mailbox and for no more, whatever the address is written like', async () => {
    const addresses = ['victim@example.net', 'Victim@Example.net', 'victim+sale@example.net', 'other@example.net'];
    for (const [index, email] of addresses.entries()) {
      const order = orderOf(20 + index, { contact: { name: 'V', email } });
      expect(await deliver(cloud, outputs.CustomWorker, eventOf(order))).toEqual({ batchItemFailures: [] });
      expect(await deliver(cloud, outputs.CustomWorker, eventOf(order))).toEqual({ batchItemFailures: [] });
    }
    const log = cloud.logs(outputs.HandlerName);
    const called = (email: string) => [...log.matchAll(/MAIL .*?email\W+([\w@.+]+)/g)].filter(([, to]) => to === email);
    expect(addresses.map((email) => called(email).length)).toEqual([1, 1, 0, 1]);
    expect(logOf('Custom')).toContain('Withheld an order mail');
    expect(logOf('Custom')).toContain('"MailsWithheld":1');
    expect(await deadLetters('Custom')).toEqual([]);
  });

  test('it may say that it has no time, and that it will never send a mail', async () => {
    const busy = orderOf(11, { contact: { name: 'B', email: 'busy@example.com' } });
    expect(await deliver(cloud, outputs.CustomWorker, eventOf(busy))).toEqual({ batchItemFailures: [] });
    const refused = orderOf(12, { contact: { name: 'R', email: 'refused@example.com' } });
    expect(await deliver(cloud, outputs.CustomWorker, eventOf(refused))).toEqual({ batchItemFailures: [] });
    expect(await deadLetters('Custom')).toEqual([{ reason: 'mail_refused', body: eventOf(refused) }]);
    expect(cloud.logs(outputs.HandlerName).match(/busy@example\.com/g)?.length).toBeGreaterThanOrEqual(2);
  });
});

test.each(['Ses', 'Smtp', 'Custom'])(
  'without its policies the worker of %s is refused, and keeps the event',
  async (name) => {
    await removePolicies(cloud, outputs[`${name}Worker`]);
    const reply = await deliver(cloud, outputs[`${name}Worker`], eventOf(orderOf(8)));
    expect(reply).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(logOf(name)).toContain('AccessDenied');
  },
);

function orderOf(number: number, members: Partial<OrderPlaced> = {}): OrderPlaced {
  const total = { amount: 2500, currency: 'USD' };
  const [line] = exampleOf(ORDER_PLACED).lines;
  return exampleOf(ORDER_PLACED, {
    orderId: String(number).padStart(22, 'o'),
    number: `SO-${String(number).padStart(8, '0')}`,
    placedAt: '2026-03-01T12:00:00.000Z',
    contact: { name: 'Somebody', email: 'somebody@example.com' },
    lines: [{ ...line, quantity: 2, total }],
    total,
    ...members,
  });
}

function eventOf(order: OrderPlaced) {
  return messageOf(domainEvent(ORDER_PLACED, order.orderId, order.placedAt, order));
}

async function place(name: string, ...orders: OrderPlaced[]): Promise<void> {
  await new EventBridgeClient(cloud.clientConfig).send(
    new PutEventsCommand({
      Entries: orders.map((order) => ({
        EventBusName: outputs[`${name}Bus`],
        Source: 'cdk-serverless-shop.ordering',
        DetailType: 'order.placed',
        Detail: JSON.stringify(eventOf(order).detail),
      })),
    }),
  );
}

/** Takes what is in the dead-letter queue. */
async function deadLetters(name: string) {
  const sqs = new SQSClient(cloud.clientConfig);
  const QueueUrl = outputs[`${name}DeadLetters`];
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '', MessageAttributes }) => ({
    reason: MessageAttributes?.Reason?.StringValue,
    body: JSON.parse(Body),
  }));
}

async function mailsTo(email: string) {
  return (await cloud.mailbox().mails()).filter(({ to }) => to.some((address) => address.includes(email)));
}

function logOf(name: string): string {
  return cloud.logs(outputs[`${name}Worker`]);
}
