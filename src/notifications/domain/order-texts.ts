import type { MAIL_LANGUAGES } from '../contract';

/** What the order mail says. */
export interface OrderTexts {
  subject(number: string, shop: string): string;
  greeting(name: string): string;
  readonly thanks: string;
  readonly order: string;
  /** The options that tell a variant from others, after its name. */
  options(options: readonly { readonly name: string; readonly value: string }[]): string;
  readonly total: string;
  readonly cashOnDelivery: string;
  readonly deliverTo: string;
  readonly follow: string;
}

export const TEXTS: Readonly<Record<(typeof MAIL_LANGUAGES)[number], OrderTexts>> = {
  en: {
    subject: (number, shop) => `Your order ${number} at ${shop}`,
    greeting: (name) => `Hello ${name},`,
    thanks: 'thank you for your order. We have received it and will prepare it for delivery.',
    order: 'Order',
    options: (options) => options.map(({ name, value }) => `${name}: ${value}`).join(', '),
    total: 'Total',
    cashOnDelivery: 'You pay when it is delivered.',
    deliverTo: 'Delivery address',
    follow: 'See your order',
  },
  zh: {
    subject: (number, shop) => `您在 ${shop} 的订单 ${number}`,
    greeting: (name) => `${name}，您好！`,
    thanks: '感谢您的订购。我们已收到您的订单，正在准备发货。',
    order: '订单',
    options: (options) => options.map(({ name, value }) => `${name}：${value}`).join('，'),
    total: '合计',
    cashOnDelivery: '货到付款。',
    deliverTo: '收货地址',
    follow: '查看订单',
  },
};
