import { headerValue, safeMailbox } from '../../../src/notifications/domain/mail';

test.each([
  ['Zaphod Beeblebrox', '"Zaphod Beeblebrox" <z@example.com>'],
  ['', 'z@example.com'],
  ['Z "the" \\ B, Jr.', '"Z \\"the\\" \\\\ B, Jr." <z@example.com>'],
  ['小明', '=?UTF-8?B?5bCP5piO?= <z@example.com>'],
  ['Z\r\nBcc: victim@example.com', '"Z Bcc: victim@example.com" <z@example.com>'],
])('the name %j is written %s', (name, expected) => {
  expect(headerValue({ name, email: 'z@example.com' })).toBe(expected);
});

test('a long name is split between characters, into words that are short enough', () => {
  const name = '𠮷野家'.repeat(20);
  const words = headerValue({ name, email: 'z@example.com' }).split(' ').slice(0, -1);
  expect(words.length).toBeGreaterThan(3);
  const decoded = words.map((word) => {
    expect(word.length).toBeLessThanOrEqual(75);
    return Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? '', 'base64').toString('utf8');
  });
  expect(decoded.join('')).toBe(name);
  expect(decoded.join('')).not.toContain('\ufffd');
});

test.each([
  'z@example.com\r\nBcc: v@example.com',
  'a@b.com, v@example.com',
  'z',
  '',
  'z@',
  'z @example.com',
  '<z@b.com>',
])('%j is no address, and the error does not repeat it', (email) => {
  expect(() => safeMailbox({ name: 'Z', email })).toThrow(/^The recipient has no valid e-mail address\.$/);
});
