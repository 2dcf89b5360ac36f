/**
 * Just enough XML for S3: flat lists of elements that hold text. S3 writes no comments, sections or elements of one
 * name inside each other.
 */

/** What each element of that name holds. */
export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</${name}>)`, 'g'));
  return Array.from(found, ([, content]) => content ?? '');
}

/** The text of the first element of that name. */
export function text(xml: string, name: string): string | undefined {
  const [content] = elements(xml, name);
  return content === undefined ? undefined : unescapeXml(content);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAMES = new Map(Object.entries(NAMED).map(([name, char]) => [char, name]));

export function escapeXml(value: string): string {
  // Beside what would end the text, everything that a parser would change or refuse.
  return value.replace(/[<>&"'\p{Cc}\u2028]/gu, (char) => `&${NAMES.get(char) ?? numbered(char)};`);
}

function numbered(char: string): string {
  return `#x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function unescapeXml(content: string): string {
  return content.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return NAMED[name] ?? whole;
  });
}
