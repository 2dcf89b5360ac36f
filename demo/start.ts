/** `npm start`: the example shop on this machine. Options: `npm start -- --help`. */
import { LocalCloudError } from '../local/src';
import { Demo, type RunningDemo } from './demo';
import { DemoError } from './errors';
import { type Options, parseOptions, USAGE } from './options';
import { Report } from './report';
import { functionsOf } from './shop-stack';

const STARTUP_INTERRUPTED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Characters of a line that fits most terminals. */
const LINE = 116;

type Signal = keyof typeof STARTUP_INTERRUPTED;

async function main(): Promise<number> {
  const signalled = firstSignal();
  // npm runs this in the package's folder and tells where the person was.
  const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd(), process.env.SHOP_STATE);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const report = new Report(options.json ? process.stderr : process.stdout);
  const demo = new Demo(options, report);
  try {
    const running = await Promise.race([demo.start(), signalled]);
    if (typeof running === 'string') return STARTUP_INTERRUPTED[running];
    announce(running, options, report);
    await signalled;
    return 0;
  } finally {
    await demo.stop();
  }
}

/** The first that comes; those after it change nothing, since everything is ending already. */
function firstSignal(): Promise<Signal> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(STARTUP_INTERRUPTED) as Signal[]) process.on(signal, () => resolve(signal));
  });
}

function announce(
  { urls, stack, logDirectory, endpoint, environment }: RunningDemo,
  options: Options,
  report: Report,
): void {
  report.line();
  report.line(`Ready after ${report.elapsed}. Ctrl-C stops everything.`);
  report.line();
  report.line(`  Shop      ${urls.shop}`);
  report.line(`  API       ${urls.api}`);
  report.line(`  Mailbox   ${urls.mail}`);
  report.line(`  Console   ${urls.console}    pictures, digits, sales statistics, logs`);
  report.line(`  Photos    ${urls.photosApi}    API of the image pipeline`);
  report.line(`  Digits    ${urls.classifierApi}    API of the classifier`);
  report.line(`  AWS       ${endpoint}`);
  report.line();
  report.line('For any AWS SDK and the AWS CLI, until this shop stops:');
  for (const [name, value] of Object.entries(environment)) report.line(`  export ${name}=${value}`);
  report.line();
  report.line('What is put there is taken in:');
  report.line(`  products  s3://${stack.outputs.CatalogBucket}/imports/`);
  report.line(`  pictures  s3://${stack.outputs.PhotosBucket}/originals/`);
  report.line(`  invoices  s3://${stack.outputs.SalesBucket}/lines/`);
  report.line();
  report.line(`Logs of the functions, in ${logDirectory}:`);
  for (const { title, name } of functionsOf(stack)) report.line(`  ${title.padEnd(30)}  ${name}.log`);
  if (stack.notEmulated.length > 0) {
    report.line();
    report.line('On AWS, but not here (the console has all of it):');
    for (const line of stack.notEmulated) report.line(`  ${shorten(line)}`);
  }
  if (options.json) {
    const { shop, api, mail, console: consoleUrl } = urls;
    process.stdout.write(
      `${JSON.stringify({ ready: true, urls: { shop, api, mail, console: consoleUrl }, environment })}\n`,
    );
  }
}

function shorten(line: string): string {
  return line.length > LINE ? `${line.slice(0, LINE - 1)}…` : line;
}

main()
  .catch((error) => {
    const isExpected = error instanceof DemoError || error instanceof LocalCloudError;
    console.error(isExpected ? error.message : error);
    return 1;
  })
  .then((code) => process.exit(code));
