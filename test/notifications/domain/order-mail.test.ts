import { orderMail } from '../../../src/notifications/domain/order-mail';
import { ORDER_PLACED, type OrderPlaced } from '../../../src/ordering/events.generated';
import { exampleOf } from '../../events';

const [LINE] = exampleOf(ORDER_PLACED).lines;
const ORDER = exampleOf(ORDER_PLACED, {
  orderId: 'AAAAAAAAAAAAAAAAAAAAA_',
  number: 'SO-ABCDEFGH',
  language: 'en',
  placedAt: '2026-03-01T23:30:00.000Z',
  contact: { name: 'Zaphod Beeblebrox', email: 'zaphod@example.com' },
  address: { line1: '1 Main Street', city: 'Springfield', region: 'IL', postalCode: '62701', country: 'US' },
  lines: [
    { ...LINE, options: [], sku: 'mug', name: 'Red mug', quantity: 2, total: { amount: 2500, currency: 'USD' } },
    { ...LINE, options: [], sku: 'hat', name: 'Hat', quantity: 1, total: { amount: 123456789, currency: 'USD' } },
  ],
  total: { amount: 123459289, currency: 'USD' },
});
const SHOP = { name: 'Corner Shop', url: 'https://shop.example.com', defaultLanguage: 'en' };
const mailOf = (order: Partial<OrderPlaced> = {}, shop: Partial<typeof SHOP> = {}) =>
  orderMail('order.placed:1', { ...ORDER, ...order }, { ...SHOP, ...shop });

test('the mail says what was ordered, what it costs and where it goes', () => {
  const mail = mailOf();
  expect(mail).toMatchObject({
    id: 'order.placed:1',
    language: 'en',
    to: { name: 'Zaphod Beeblebrox', email: 'zaphod@example.com' },
    subject: 'Your order SO-ABCDEFGH at Corner Shop',
  });
  expect(mail.text).toBe(`Hello Zaphod Beeblebrox,

thank you for your order. We have received it and will prepare it for delivery.

Order SO-ABCDEFGH
March 1, 2026

2 × Red mug: $25.00
1 × Hat: $1,234,567.89
Total: $1,234,592.89
You pay when it is delivered.

Delivered to:
Zaphod Beeblebrox
Springfield
United States

See your order:
https://shop.example.com/orders/AAAAAAAAAAAAAAAAAAAAA_

You have ordered nothing? Then somebody gave us your address, and there is nothing that you need to do.

Corner Shop
`);
  for (const part of ['2 × Red mug', '$25.00', '$1,234,592.89', 'Springfield', 'lang="en"']) {
    expect(mail.html).toContain(part);
  }
  expect(mail.html).toContain('href="https://shop.example.com/orders/AAAAAAAAAAAAAAAAAAAAA_"');
});

test('a line says which variant was ordered', () => {
  const options = [
    { name: 'Size', value: 'Large' },
    { name: 'Glaze', value: 'Sea' },
  ];
  const mail = mailOf({ lines: [{ ...ORDER.lines[0], options }, ORDER.lines[1]] });
  expect(mail.text).toContain('\n2 × Red mug (Size: Large, Glaze: Sea): $25.00\n1 × Hat: $1,234,567.89\n');
  expect(mail.html).toMatch(/2 × Red mug<br><span style="[^"]*">Size: Large, Glaze: Sea<\/span><\/td>/);
  expect(mail.html).toContain('1 × Hat</td>');
  const inChinese = [{ ...ORDER.lines[0], options: [{ name: '尺寸', value: '大' }] }];
  expect(mailOf({ language: 'zh', lines: inChinese }).text).toContain('2 × Red mug (尺寸：大): ');
});

test.each([
  'Win now at evil.example',
  'Visit https://evil.example/win',
  'You have won a brand new telephone',
  'Call 0900 123456',
  'ads@evil.example',
])('of a stranger who typed %j everywhere, nothing reaches whom the address belongs to', (advertisement) => {
  const { to, subject, text, html } = mailOf({
    contact: { name: advertisement, email: 'victim@example.com', phone: '0900 123456' },
    address: {
      line1: advertisement,
      line2: advertisement,
      city: advertisement,
      region: advertisement,
      postalCode: advertisement.slice(0, 20),
      country: 'US',
    },
  });
  expect(to).toEqual({ name: '', email: 'victim@example.com' });
  for (const part of [subject, text, html]) {
    expect(part).not.toContain(advertisement.slice(0, 20));
    expect(part).not.toMatch(/evil|0900/);
  }
  expect(text).toMatch(/^Hello,\n/);
  expect(text).toContain('Delivered to:\nUnited States\n');
  expect(html).toContain('>Hello,</p>');
});

test('the street of an order stays on its page', () => {
  const { text, html } = mailOf();
  expect(text + html).not.toMatch(/Main Street|62701/);
});

test('in Chinese, from any of its variants', () => {
  const mail = mailOf({ language: 'zh-CN', total: { amount: 1250, currency: 'CNY' } });
  expect(mail.language).toBe('zh');
  expect(mail.subject).toBe('您在 Corner Shop 的订单 SO-ABCDEFGH');
  expect(mail.text).toContain('2026年3月1日');
  expect(mail.text).toContain('合计: ¥12.50');
  expect(mail.text).toContain('美国');
  expect(mail.html).toContain('lang="zh"');
});

test.each([
  ['', 'zh', 'zh'],
  ['fr', 'zh-TW', 'zh'],
  ['fr', 'xx', 'en'],
])('an order in %j of a shop in %s is told of in %s', (language, defaultLanguage, expected) => {
  expect(mailOf({ language }, { defaultLanguage }).language).toBe(expected);
});

test('currencies have their own decimals', () => {
  expect(mailOf({ total: { amount: 1200, currency: 'JPY' } }).text).toContain('Total: ¥1,200\n');
  expect(mailOf({ total: { amount: 5, currency: 'KWD' } }).text).toMatch(/Total: KWD\s0\.005\n/);
});

test('without an address of the shop there is no link', () => {
  const mail = orderMail('1', ORDER, { name: 'Shop', defaultLanguage: 'en' });
  expect(mail.text).not.toContain('See your order');
  expect(mail.html).not.toContain('<a ');
});

test('nothing that a customer or a catalogue says becomes markup', () => {
  const evil = `<script>alert("1")</script>'&`;
  const mail = mailOf(
    {
      contact: { name: evil, email: 'zaphod@example.com' },
      address: { line1: evil, line2: evil, city: evil, country: 'US' },
      lines: [
        {
          ...LINE,
          options: [{ name: evil, value: evil }],
          sku: 'x',
          name: evil,
          quantity: 1,
          total: { amount: 1, currency: 'USD' },
        },
      ],
      number: evil,
    },
    { name: evil },
  );
  expect(mail.html).not.toContain('<script');
  expect(mail.html).not.toMatch(/alert\("/);
  // The number twice, the shop, the product, and both parts of its option; nothing that the customer typed.
  expect(mail.html.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;')).toHaveLength(7);
});

test('nothing breaks out of the subject or out of a line of the text', () => {
  const mail = mailOf(
    {
      number: 'SO-1\r\nBcc: victim@example.com',
      lines: [{ ...ORDER.lines[0], name: 'Mug\nTotal: $0.00', options: [{ name: 'Size\n', value: 'L\nX: y' }] }],
    },
    { name: 'Shop\r\nX: y' },
  );
  expect(mail.subject).toBe('Your order SO-1 Bcc: victim@example.com at Shop X: y');
  expect(mail.text).toContain('2 × Mug Total: $0.00 (Size : L X: y): $25.00\n');
});
