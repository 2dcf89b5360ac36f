import { App, Stack } from 'aws-cdk-lib';

/** Prints how many milliseconds it takes to make an app of what is put into its stack. */
export function timeSynth(fill: (stack: Stack) => void): void {
  const start = performance.now();
  const app = new App();
  fill(new Stack(app, 'Stack'));
  app.synth();
  console.log(performance.now() - start);
}
