import type { OrderPlaced } from '../../ordering/events.generated';
import { formatMoney } from '../../runtime/money';
import { MAIL_LANGUAGES } from '../contract';
import { type Mail, oneLine } from './mail';
import { type OrderTexts, TEXTS } from './order-texts';
import { plainName } from './plain-name';

export interface Shop {
  readonly name: string;
  /** Origin of its pages. */
  readonly url?: string;
  readonly defaultLanguage: string;
}

/**
 * The mail that confirms an order, in the order's language where mails are written in it.
 *
 * Who ordered may be a stranger to whom the address belongs. Of what they typed, only what reads like a name is said.
 */
export function orderMail(id: string, order: OrderPlaced, shop: Shop): Mail {
  const language = mailLanguage(order.language, shop.defaultLanguage);
  const content = contentOf(order, shop, language, TEXTS[language]);
  return {
    id,
    language,
    to: { name: plainName(order.contact.name) ?? '', email: order.contact.email },
    subject: oneLine(TEXTS[language].subject(order.number, shop.name)),
    text: asText(content),
    html: asHtml(content),
  };
}

type Language = (typeof MAIL_LANGUAGES)[number];

function mailLanguage(...wanted: (string | undefined)[]): Language {
  const known = wanted.map((tag) => MAIL_LANGUAGES.find((language) => language === tag?.split('-')[0]));
  return known.find((language) => language !== undefined) ?? MAIL_LANGUAGES[0];
}

interface Line {
  readonly name: string;
  /** Which variant of it; empty where there is one only. */
  readonly options: string;
  readonly quantity: number;
  readonly total: string;
}

interface Content {
  readonly language: Language;
  readonly texts: OrderTexts;
  readonly shopName: string;
  readonly greeting: string;
  readonly number: string;
  readonly placedOn: string;
  readonly lines: readonly Line[];
  readonly total: string;
  readonly destination: readonly string[];
  readonly link?: string;
}

function contentOf(order: OrderPlaced, shop: Shop, language: Language, texts: OrderTexts): Content {
  return {
    language,
    texts,
    shopName: shop.name,
    greeting: texts.greeting(plainName(order.contact.name)),
    number: order.number,
    placedOn: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
      new Date(order.placedAt),
    ),
    lines: order.lines.map(({ name, options, quantity, total }) => ({
      name,
      options: texts.options(options),
      quantity,
      total: formatMoney(total, language),
    })),
    total: formatMoney(order.total, language),
    destination: destinationOf(order, language),
    link: shop.url && `${shop.url}/orders/${encodeURIComponent(order.orderId)}`,
  };
}

/** Who and where, without the street: the whole address is on the order's page. */
function destinationOf({ contact, address }: OrderPlaced, language: Language): string[] {
  const { city, country } = address;
  const land = new Intl.DisplayNames(language, { type: 'region' }).of(country) ?? country;
  return [plainName(contact.name), plainName(city), land].filter((line) => line !== undefined);
}

function asText({ texts, ...content }: Content): string {
  const blocks = [
    [content.greeting],
    [texts.thanks],
    [`${texts.order} ${content.number}`, content.placedOn],
    [
      ...content.lines.map(({ name, options, quantity, total }) => {
        const which = options && ` (${oneLine(options)})`;
        return `${quantity} × ${oneLine(name)}${which}: ${total}`;
      }),
      `${texts.total}: ${content.total}`,
      texts.cashOnDelivery,
    ],
    [`${texts.deliverTo}:`, ...content.destination],
    content.link ? [`${texts.follow}:`, content.link] : [],
    [texts.notYou],
    [content.shopName],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** Tables and inline styles, since mail programs know little else. */
function asHtml({ texts, ...content }: Content): string {
  const rows = content.lines.map(
    ({ name, options, quantity, total }) => html`
            <tr>
              <td style="padding:8px 0;border-bottom:1px solid #e7e5e4">${quantity} × ${name}${options ? html`<br><span style="color:#57534e">${options}</span>` : ''}</td>
              <td style="padding:8px 0;border-bottom:1px solid #e7e5e4;text-align:right;white-space:nowrap">${total}</td>
            </tr>`,
  );
  const button = content.link
    ? html`
          <p style="margin:28px 0 8px">
            <a href="${content.link}" style="background:#1c1917;color:#ffffff;padding:12px 20px;border-radius:8px;text-decoration:none;display:inline-block">${texts.follow}</a>
          </p>`
    : html``;
  return html`<!doctype html>
<html lang="${content.language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${texts.order} ${content.number}</title>
  </head>
  <body style="margin:0;background:#f5f5f4;font-family:-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif;font-size:16px;line-height:1.5;color:#1c1917">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
      <tr><td align="center" style="padding:24px 12px">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:12px">
          <tr><td style="padding:32px">
          <p style="margin:0 0 24px;font-weight:600;color:#57534e">${content.shopName}</p>
          <p style="margin:0 0 8px">${content.greeting}</p>
          <p style="margin:0 0 24px">${texts.thanks}</p>
          <h1 style="margin:0;font-size:20px">${texts.order} ${content.number}</h1>
          <p style="margin:0 0 16px;color:#57534e">${content.placedOn}</p>
          <table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows}
            <tr>
              <td style="padding:12px 0;font-weight:600">${texts.total}</td>
              <td style="padding:12px 0;font-weight:600;text-align:right;white-space:nowrap">${content.total}</td>
            </tr>
          </table>
          <p style="margin:0 0 24px;color:#57534e">${texts.cashOnDelivery}</p>
          <h2 style="margin:0 0 4px;font-size:16px">${texts.deliverTo}</h2>
          <p style="margin:0">${content.destination.flatMap((line, index) => (index > 0 ? [html`<br>`, line] : [line]))}</p>${button}
          <p style="margin:24px 0 0;font-size:14px;color:#57534e">${texts.notYou}</p>
          </td></tr>
        </table>
      </td></tr>
    </table>
  </body>
</html>
`.markup;
}

/** Markup that may stand in a page as it is. */
class Markup {
  constructor(readonly markup: string) {}
}

type Insertable = string | number | Markup;

/** A template whose every value is escaped, unless it was made by such a template itself. */
function html(parts: TemplateStringsArray, ...values: (Insertable | readonly Insertable[])[]): Markup {
  return new Markup(
    parts.reduce((page, part, index) => page + [values[index - 1]].flat().map(escaped).join('') + part),
  );
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(value: Insertable): string {
  return value instanceof Markup ? value.markup : String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
