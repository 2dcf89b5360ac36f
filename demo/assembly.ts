import { join, resolve } from 'node:path';
import { runTool } from './processes';

const ROOT = resolve(__dirname, '..');

/** Builds what the constructs ship and what is missing or older than its sources. */
export function buildAssets(onLine: (line: string) => void): Promise<void> {
  return runTool(join('scripts', 'build-assets.ts'), { directory: ROOT, onLine });
}

/** Synthesizes the example shop into a folder, as the CDK's CLI would. */
export function synthesize(outputDirectory: string, context: Record<string, unknown>): Promise<void> {
  return runTool(join('examples', 'typescript', 'shop', 'app.ts'), {
    directory: ROOT,
    environment: {
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({ 'cdk-serverless-shop:allow-data-removal': true, ...context }),
      // The tests synthesize this app with the CDK's own template validation on; here it would only cost seconds.
      CDK_VALIDATION: 'false',
    },
  });
}
