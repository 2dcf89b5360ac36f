import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DemoError } from './errors';

export interface Options {
  /** First of the consecutive ports that the demo listens on. */
  readonly port: number;
  /** Absolute path of the catalogue file. */
  readonly catalogue: string;
  /** Absolute path of the folder that holds the state for the next start; without it, nothing is kept. */
  readonly keep?: string;
  readonly json: boolean;
  /** Origins whose pages may use the shop's cloud from a browser beside its own. */
  readonly allowedOrigins: readonly string[];
  readonly help: boolean;
}

const ROOT = resolve(__dirname, '..');
const DEFAULT_PORT = 4600;
const DEFAULT_STATE = join(ROOT, '.cache/demo');
const DEFAULT_CATALOGUE = join(ROOT, 'examples/catalogue/catalogue.yaml');

/** Shop, three APIs, mailbox and console. */
export const PORTS_NEEDED = 6;

export const USAGE = `Runs the example shop on this machine, without an AWS account.

  npm start -- [options]

  --port N           the shop is on port N, everything else on the ports after it (default ${DEFAULT_PORT})
  --catalogue FILE   products to import: .yaml, .yml or .csv; pictures are taken from the folder "images" beside it
                     (default ${basename(DEFAULT_CATALOGUE)} of the examples)
  --keep             keeps products, orders, mails and pictures for the next start with --keep, in .cache/demo or the
                     folder that the environment variable SHOP_STATE names
  --allow-origin URL lets pages of this origin use the APIs from a browser, such as those of a development server; may
                     be given several times
  --json             says {"ready":true,"urls":{...},"environment":{...}} in one line on standard output,
                     everything else on standard error
  --help             shows this

Ctrl-C stops everything.`;

/**
 * @param directory relative file names are relative to it
 * @param state folder for `--keep`
 * @throws DemoError
 */
export function parseOptions(args: string[], directory: string, state?: string): Options {
  const {
    port,
    catalogue,
    keep = false,
    json = false,
    help = false,
    'allow-origin': allowedOrigins = [],
  } = parse(args);
  return {
    port: port === undefined ? DEFAULT_PORT : portNumber(port),
    catalogue: catalogue === undefined ? DEFAULT_CATALOGUE : resolve(directory, catalogue),
    keep: keep ? resolve(directory, state ?? DEFAULT_STATE) : undefined,
    json,
    allowedOrigins,
    help,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        catalogue: { type: 'string' },
        keep: { type: 'boolean' },
        json: { type: 'boolean' },
        'allow-origin': { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.(?:\s|$)/);
    throw new DemoError(`${sentence}; "npm start -- --help" lists what there is`);
  }
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  const last = 65536 - PORTS_NEEDED;
  if (!(port >= 1 && port <= last)) throw new DemoError(`--port is "${text}"; it must be a number from 1 to ${last}`);
  return port;
}

/** @throws DemoError when there is no such file */
export function assertFile(path: string): void {
  if (!existsSync(path)) throw new DemoError(`${path} does not exist; --catalogue names a .yaml, .yml or .csv file`);
  if (!statSync(path).isFile())
    throw new DemoError(`${path} is not a file; --catalogue names a .yaml, .yml or .csv file`);
}
