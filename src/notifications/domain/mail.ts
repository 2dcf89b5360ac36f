import { Refusal } from '../../runtime/refusal';

/** A person's address. */
export interface Mailbox {
  readonly name: string;
  readonly email: string;
}

/** One mail, the same whoever carries it. */
export interface Mail {
  /** The same for every attempt to send this mail. */
  readonly id: string;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly language: string;
}

/** Carries mails. */
export interface Mailer {
  /**
   * Resolves once the mail was accepted for delivery.
   *
   * @throws Refusal when it never will be, MailServiceBusy when it may be a moment later
   */
  send(mail: Mail): Promise<void>;
}

/** The mail service asks to slow down, or cannot be reached at this moment. The mail was not taken. */
export class MailServiceBusy extends Error {
  readonly retryable = true;

  constructor(message: string) {
    super(message);
    this.name = 'MailServiceBusy';
  }
}

/** The mail service will not take this mail, now or later. */
export function mailRefused(reason: string): Refusal {
  return new Refusal('mail_refused', `The mail service refused the mail: ${reason}.`);
}

const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/;

/**
 * A mailbox that is safe in a header: the address is one address, the name one line.
 *
 * @throws Refusal `invalid_address`, which does not tell the address
 */
export function safeMailbox({ name, email }: Mailbox): Mailbox {
  if (!ADDRESS.test(email)) throw new Refusal('invalid_address', 'The recipient has no valid e-mail address.');
  return { name: oneLine(name), email };
}

/** Without line breaks and other control characters, which could begin a header of their own. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** A mailbox as a header's value (RFC 5322), its name as encoded words (RFC 2047) when it is not plain ASCII. */
export function headerValue(mailbox: Mailbox): string {
  const { name, email } = safeMailbox(mailbox);
  if (!name) return email;
  const shown = /^[\x20-\x7e]+$/.test(name) ? `"${name.replace(/[\\"]/g, '\\$&')}"` : encodedWords(name);
  return `${shown} <${email}>`;
}

/** An encoded word has at most 75 characters: 45 bytes in Base64, and what stands around them. */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const longer = words[words.length - 1] + character;
    if (Buffer.byteLength(longer) <= 45) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
