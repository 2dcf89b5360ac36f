import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';

export interface TimedSynth {
  readonly milliseconds: number;
  /** How many resources of each type came out. */
  readonly resources: Record<string, number>;
}

/** Makes an app of what is put into its stack; prints how long that took, and what came out, as JSON. */
export function timeSynth(fill: (stack: Stack) => void): void {
  const outdir = mkdtempSync(path.join(tmpdir(), 'bench-synth-'));
  const start = performance.now();
  const app = new App({ outdir });
  fill(new Stack(app, 'Stack'));
  const assembly = app.synth();
  const milliseconds = performance.now() - start;
  const resources: Record<string, number> = {};
  for (const { Type } of Object.values<{ Type: string }>(assembly.stacks[0].template.Resources)) {
    resources[Type] = (resources[Type] ?? 0) + 1;
  }
  rmSync(outdir, { recursive: true });
  console.log(JSON.stringify({ milliseconds, resources } satisfies TimedSynth));
}
