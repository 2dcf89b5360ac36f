import type { awscdk } from 'projen';

/** Everything that is written in TypeScript, by the rules of `.dependency-cruiser.cjs`. */
const CRUISED = 'src web/src local/src local/test demo bench scripts examples/typescript projenrc .projenrc.ts test';

/** The steps of a build, in the order in which each needs the one before. */
export function configureBuild(project: awscdk.AwsCdkConstructLibrary): void {
  const assets = project.addTask('assets', {
    description: 'Builds what is shipped beside the constructs: API documents, functions, layers, site, Spark files',
    exec: 'tsx scripts/build-assets.ts',
    receiveArgs: true,
  });
  project.preCompileTask.spawn(assets);
  // README and docstring examples must compile; what they are in the other languages goes into the package.
  project.postCompileTask.prependExec('jsii-rosetta extract --strict --compile');

  const typecheck = project.addTask('typecheck', {
    description: 'Checks the types of everything, also of what jsii does not compile',
    steps: [{ exec: 'tsc --noEmit -p tsconfig.dev.json' }, { exec: 'npm run typecheck --workspaces --if-present' }],
  });

  const jest = project.addTask('jest', {
    description: 'Runs the tests without building first; arguments go to jest',
    exec: 'jest --ci',
    receiveArgs: true,
  });
  // No projen task between, which would be a second of the minute that the first of these may take.
  project.package.setScript('test:unit', 'jest --ci --maxWorkers=100% --selectProjects unit pages');
  project.package.setScript('test:templates', 'jest --ci --maxWorkers=100% --selectProjects templates');

  project.testTask.reset();
  project.testTask.description = 'Builds what is missing, then lints, checks types and runs all tests';
  project.testTask.env('THOROUGH', 'true');
  project.testTask.spawn(assets);
  project.testTask.spawn(project.tasks.tryFind('lint') ?? lintTask(project));
  project.testTask.spawn(typecheck);
  project.testTask.exec('tsx scripts/prepare-tests.ts');
  project.testTask.spawn(jest, { receiveArgs: true });

  project.addTask('start', {
    description: 'Runs the example shop on this machine',
    exec: 'tsx demo/start.ts',
    receiveArgs: true,
  });
  project.addTask('bench', {
    description: 'Measures ratios against baselines in the same run',
    exec: 'tsx bench/run.ts',
    receiveArgs: true,
  });
  project.addTask('python', {
    description: 'Builds the wheel and compares the examples in TypeScript and Python',
    exec: 'tsx scripts/check-python.ts',
    receiveArgs: true,
  });
  project.addTask('lock:python', {
    description: "Writes versions and hashes of the local cloud's Python packages",
    exec: 'tsx scripts/lock-python.ts',
    receiveArgs: true,
  });

  // Signals and output of these go straight to the command, without a task runner between.
  // npm passes SIGTERM to its shell alone: in the shell's place, the demo hears it and ends what it started. The tsx
  // command would kill a demo that is too busy to answer a signal within 30 ms, so it is loaded into node instead.
  project.package.setScript('start', 'exec node --import tsx demo/start.ts');
  project.package.setScript('bench', 'tsx bench/run.ts');
}

function lintTask(project: awscdk.AwsCdkConstructLibrary) {
  return project.addTask('lint', {
    description: 'Format, lint and layer rules over everything',
    steps: [{ exec: 'biome ci .' }, { exec: `depcruise --config .dependency-cruiser.cjs ${CRUISED}` }],
  });
}
