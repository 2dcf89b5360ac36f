import * as path from 'node:path/posix';
import { SITE_CONFIG } from '../contract';

/** A file of the site as it is stored. */
export interface SiteFile {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** A version of a site. */
export interface SiteVersion {
  /** Where it is stored, without a slash at the end. No other version or site is stored there. */
  readonly folder: string;
  /** JSON of the settings that its pages read. */
  readonly config?: string;
  /** What takes the place of the title and of the description that its HTML files were built with. */
  readonly title?: string;
  readonly description?: string;
}

const CONTENT_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** The build names these by their content, so they never change. */
const HASHED = /^assets\//;

const TITLE = /(<title>)[^<]*(<\/title>)/;
const DESCRIPTION = /(<meta name="description" content=")[^"]*(")/;

/** What is stored for a version of the site: its files by name, and its settings beside them. */
export function siteFiles(files: Readonly<Record<string, Uint8Array>>, version: SiteVersion): SiteFile[] {
  const { folder, config } = version;
  const all = config === undefined ? files : { ...files, [SITE_CONFIG]: new TextEncoder().encode(config) };
  return Object.entries(all)
    .filter(([name]) => !name.endsWith('/'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, body]) => ({
      key: `${folder}/${name}`,
      body: name.endsWith('.html') ? withHead(body, version) : body,
      contentType: CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream',
      cacheControl: HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'public, max-age=0, must-revalidate',
    }));
}

/** Crawlers and previews of links read these before any script has run. */
function withHead(html: Uint8Array, { title, description }: SiteVersion): Uint8Array {
  let text = new TextDecoder().decode(html);
  if (title !== undefined) text = text.replace(TITLE, (_, start, end) => start + escaped(title) + end);
  if (description !== undefined)
    text = text.replace(DESCRIPTION, (_, start, end) => start + escaped(description) + end);
  return new TextEncoder().encode(text);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
