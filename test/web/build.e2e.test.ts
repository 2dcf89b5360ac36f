import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const root = path.resolve(__dirname, '../..');
const site = path.join(root, 'assets/site');

function filesOf(folder: string): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(folder, name), 'base64')]));
}

test('the pages are the same bytes when they are built in another folder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'site-'));
  try {
    cpSync(path.join(root, 'web'), path.join(folder, 'web'), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const vite = path.join(root, 'node_modules/vite/bin/vite.js');
    execFileSync(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: path.join(folder, 'web') });
    expect(filesOf(path.join(folder, 'assets/site'))).toEqual(filesOf(site));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the document loads everything from its own origin and has nothing inline', () => {
  const document = readFileSync(path.join(site, 'index.html'), 'utf8');
  const addresses = [...document.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  expect(addresses.length).toBeGreaterThan(2);
  expect(addresses.filter((address) => !address.startsWith('/'))).toEqual([]);
  expect(document).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=)/);
});

test('the licences of what the pages are made of are beside them', () => {
  const licences = readFileSync(path.join(site, 'licenses.txt'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'web/package.json'), 'utf8'));
  expect(Object.keys(dependencies).filter((name) => !licences.includes(`## ${name} - `))).toEqual([]);
});
