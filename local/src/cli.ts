import { parseArgs } from 'node:util';
import { readAssembly } from './assembly';
import { LocalCloudError } from './errors';
import { LocalCloud } from './local-cloud';
import { report } from './report';

const USAGE = `cdk-local-cloud [cdk.out] [options]: runs a synthesized CDK app on this machine until Ctrl-C

  --port N     first of the consecutive ports: the AWS endpoint, then each site, each HTTP API, the mailbox (4566)
  --state DIR  keeps all state in this folder across restarts
  --allow-origin URL
               lets pages of this origin use the cloud from a browser, as its own may: that of a development server, for
               example; may be given several times
  --json       prints one line of JSON on standard output once everything is up, and progress on standard error only
  --help       prints this`;

interface Options {
  readonly assembly: string;
  readonly port: number;
  readonly stateDir?: string;
  readonly json: boolean;
  readonly allowedOrigins: readonly string[];
}

export async function main(args: string[]): Promise<void> {
  try {
    const options = parse(args);
    if (options === undefined) console.log(USAGE);
    else await run(options);
    process.exitCode = 0;
  } catch (error) {
    console.error(error instanceof LocalCloudError ? `cdk-local-cloud: ${error.message}` : error);
    process.exitCode = 1;
  }
  process.exit();
}

function parse(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: 'string', default: '4566' },
        state: { type: 'string' },
        json: { type: 'boolean', default: false },
        'allow-origin': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return undefined;
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_000) {
      throw new Error(`--port takes a number from 1 to 65000, not ${values.port}`);
    }
    if (positionals.length > 1) throw new Error(`one assembly at a time, not ${positionals.join(' and ')}`);
    return {
      assembly: positionals[0] ?? 'cdk.out',
      port,
      stateDir: values.state,
      json: values.json,
      allowedOrigins: values['allow-origin'],
    };
  } catch (error) {
    throw new LocalCloudError(`${(error as Error).message} (--help shows how)`);
  }
}

async function run(options: Options): Promise<void> {
  const started = Date.now();
  const progress = (line: string) =>
    console.error(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  readAssembly(options.assembly);
  let cloud: LocalCloud | undefined;
  const up = async () => {
    cloud = await LocalCloud.start({ ...options, onProgress: progress });
    const stacks = await cloud.deployAll(options.assembly);
    const doors = await cloud.openFrontDoors({ port: options.port + 1 });
    progress('ready; Ctrl-C stops it');
    if (options.json) {
      const { endpoint, environment } = cloud;
      console.log(JSON.stringify({ ready: true, endpoint, environment, urls: doors, stacks }));
    } else console.log(`\n${report(cloud, stacks, doors)}`);
    await interrupted;
  };
  try {
    // An interruption on the way up ends what is there; what is under way dies with this process.
    await Promise.race([up(), interrupted]);
  } finally {
    await cloud?.stop();
  }
}
