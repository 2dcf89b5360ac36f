import * as path from 'node:path/posix';

/** A file of the site as it is stored. */
export interface SiteFile {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
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

/** What is stored for each file of the site, below the folder of its version. */
export function siteFiles(files: Record<string, Uint8Array>, version: string): SiteFile[] {
  return Object.entries(files)
    .filter(([name]) => !name.endsWith('/'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, body]) => ({
      key: `${version}/${name}`,
      body,
      contentType: CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream',
      cacheControl: HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'public, max-age=0, must-revalidate',
    }));
}
