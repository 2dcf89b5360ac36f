/** Domains whose mailboxes are the same with dots in their names and without. */
const DOTLESS = ['gmail.com', 'googlemail.com'];

/**
 * The mailbox that an address leads to, as far as addresses tell: letter case counts nowhere, what follows a plus is the
 * owner's, and some providers ignore dots. Whoever counts mails counts by it.
 */
export function mailboxOf(address: string): string {
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  const name = lower.slice(0, at).replace(/(?<=.)\+.*$/, '');
  const domain = lower.slice(at + 1);
  return DOTLESS.includes(domain) ? `${name.replaceAll('.', '')}@${DOTLESS[0]}` : `${name}@${domain}`;
}
