/**
 * Loads a bundle and calls it once, as a new execution environment does. The last line it prints is JSON of the
 * milliseconds that this took, elapsed and of processor time; the start of the process itself is not part of them.
 *
 *   node call-once.cjs BUNDLE EVENT-FILE
 */
const { readFileSync, writeSync } = require('node:fs');

const [bundle, eventFile] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, 'utf8'));
const context = {
  awsRequestId: 'benchmark',
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  getRemainingTimeInMillis: () => 10_000,
};

async function main() {
  const start = performance.now();
  const used = process.cpuUsage();
  const { handler } = require(bundle);
  const reply = await handler(event, context);
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  if (reply?.statusCode >= 400 || reply?.batchItemFailures?.length > 0) throw new Error(JSON.stringify(reply));
  writeSync(1, `\n${JSON.stringify({ elapsed, processor: (user + system) / 1000 })}\n`);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
