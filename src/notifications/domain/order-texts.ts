import type { MAIL_LANGUAGES } from '../contract';

/** What the order mail says. */
export interface OrderTexts {
  subject(number: string, shop: string): string;
  /** Without a name where none is known to be one. */
  greeting(name: string | undefined): string;
  readonly thanks: string;
  readonly order: string;
  /** The options that tell a variant from others, after its name. */
  options(options: readonly { readonly name: string; readonly value: string }[]): string;
  readonly total: string;
  readonly cashOnDelivery: string;
  readonly deliverTo: string;
  readonly follow: string;
  /** To whom the address belongs and knows of no order. */
  readonly notYou: string;
}

export const TEXTS: Readonly<Record<(typeof MAIL_LANGUAGES)[number], OrderTexts>> = {
  en: {
    subject: (number, shop) => `Your order ${number} at ${shop}`,
    greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
    thanks: 'thank you for your order. We have received it and will prepare it for delivery.',
    order: 'Order',
    options: (options) => options.map(({ name, value }) => `${name}: ${value}`).join(', '),
    total: 'Total',
    cashOnDelivery: 'You pay when it is delivered.',
    deliverTo: 'Delivered to',
    follow: 'See your order',
    notYou: 'You have ordered nothing? Then somebody gave us your address, and there is nothing that you need to do.',
  },
  zh: {
    subject: (number, shop) => `您在 ${shop} 的订单 ${number}`,
    greeting: (name) => (name ? `${name}，您好！` : '您好！'),
    thanks: '感谢您的订购。我们已收到您的订单，正在准备发货。',
    order: '订单',
    options: (options) => options.map(({ name, value }) => `${name}：${value}`).join('，'),
    total: '合计',
    cashOnDelivery: '货到付款。',
    deliverTo: '送货至',
    follow: '查看订单',
    notYou: '如果您没有下单，可能是他人填写了您的邮箱地址，您无需进行任何操作。',
  },
};
