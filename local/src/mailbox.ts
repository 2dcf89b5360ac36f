import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Control } from './control';

export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** ISO 8601. */
  readonly sentAt: string;
}

interface EmulatorMail {
  MessageId: string;
  Source: string;
  To: string[];
  CC: string[];
  BCC: string[];
  Subject: string;
  BodyText: string;
  BodyHtml: string | null;
  Timestamp: number;
}

/** Every mail sent through SES: none leaves this machine. */
export class Mailbox {
  /** @internal */
  constructor(private readonly control: Control) {}

  /** Newest first. */
  async mails(): Promise<Mail[]> {
    const { messages } = await this.control.askEmulator<{ messages: Record<string, EmulatorMail[]> }>('ses/messages');
    return Object.values(messages)
      .flat()
      .map(toMail)
      .sort((a, b) => b.sentAt.localeCompare(a.sentAt));
  }

  /** Pages for a person (`/` and `/<id>`), and the same as JSON (`/mails.json`). */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const mails = await this.mails();
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://mail').pathname);
    if (path === '/mails.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(mails));
      return;
    }
    const mail = mails.find(({ id }) => path === `/${id}`);
    const status = mail || path === '/' ? 200 : 404;
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src * data:; frame-ancestors 'none'",
    });
    response.end(
      mail ? mailPage(mail) : status === 200 ? listPage(mails) : page('No such mail', '<a href="/">All mail</a>'),
    );
  }
}

function toMail(mail: EmulatorMail): Mail {
  return {
    id: mail.MessageId.split('@')[0],
    from: withoutEncodedWords(mail.Source),
    to: [...mail.To, ...mail.CC, ...mail.BCC].map(withoutEncodedWords),
    subject: mail.Subject,
    text: mail.BodyText,
    html: mail.BodyHtml || undefined,
    sentAt: new Date(mail.Timestamp * 1000).toISOString(),
  };
}

/** A name that is not ASCII stands in an address as encoded words (RFC 2047), here those in Base64 and UTF-8. */
function withoutEncodedWords(address: string): string {
  const words = /=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=(?: (?==\?))?/gi;
  return address.replace(words, (_, word: string) => Buffer.from(word, 'base64').toString('utf8'));
}

function listPage(mails: Mail[]): string {
  const rows = mails.map(
    (mail) =>
      `<tr><td><a href="/${escapeHtml(mail.id)}">${escapeHtml(mail.subject || '(no subject)')}</a></td><td>${escapeHtml(mail.to.join(', '))}</td><td><time>${escapeHtml(mail.sentAt)}</time></td></tr>`,
  );
  return page(
    'Mailbox',
    mails.length === 0
      ? '<p>No mail yet.</p>'
      : `<table><thead><tr><th>Subject</th><th>To</th><th>Sent</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

function mailPage(mail: Mail): string {
  const body = mail.html
    ? // No scripts, no forms, no origin: whatever the mail holds stays in its frame.
      `<iframe sandbox srcdoc="${escapeHtml(mail.html)}" title="Message"></iframe><details><summary>As text</summary><pre>${escapeHtml(mail.text)}</pre></details>`
    : `<pre>${escapeHtml(mail.text)}</pre>`;
  return page(
    mail.subject || '(no subject)',
    `<p><a href="/">All mail</a></p><dl><dt>From</dt><dd>${escapeHtml(mail.from)}</dd><dt>To</dt><dd>${escapeHtml(mail.to.join(', '))}</dd><dt>Sent</dt><dd><time>${escapeHtml(mail.sentAt)}</time></dd></dl>${body}`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem;border-bottom:1px solid #8884}
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}dd{margin:0}pre{white-space:pre-wrap}
iframe{width:100%;height:60vh;border:1px solid #8884;background:#fff}</style></head><body><h1>${escapeHtml(title)}</h1>${content}</body></html>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
