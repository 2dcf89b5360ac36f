import type { awscdk } from 'projen';

/** What is published, what is committed, and how npm behaves in this repository. */
export function configurePackage(project: awscdk.AwsCdkConstructLibrary): void {
  // Download addresses stay out of the lock file whatever a developer's own settings are.
  project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
  // Supply chain: no dependency runs code at installation. None of ours needs to.
  project.npmrc.addConfig('ignore-scripts', 'true');

  project.package.addField('workspaces', ['web', 'local']);
  project.package.addField('overrides', {
    // jsii-pacmak's go.mod copies the locked versions; newer ones are not on the Go proxy.
    '@aws-cdk/cloud-assembly-schema': '54.11.0',
    '@aws-cdk/asset-node-proxy-agent-v6': '2.1.2',
    // Newer releases lock binaries of other platforms that `npm ci` then cannot find.
    'unrs-resolver': '1.12.2',
    // Its peer range has not caught up with the TypeScript that jsii needs; it works with it.
    'openapi-typescript': { typescript: '$typescript' },
  });

  for (const generated of [
    '/assets/',
    '/.jsii.tabl.json',
    '/web/dist/',
    '/.cache/',
    '/cdk.out/',
    '*.tsbuildinfo',
    '__pycache__/',
    '.venv/',
  ]) {
    project.gitignore.addPatterns(generated);
  }
  project.gitignore.include('/projenrc/tsconfig.json', '/web/tsconfig.json', '/local/tsconfig.json');

  // Committed, and folded away in a review: docs/decisions/generated-files.md tells why each is.
  for (const generated of ['*.generated.*', '*.snap', '/docs/events.md']) {
    project.annotateGenerated(generated);
  }

  for (const notShipped of [
    '/web/',
    '/local/',
    '/demo/',
    '/examples/',
    '/bench/',
    '/docs/',
    '/scripts/',
    '/projenrc/',
    '/.cache/',
    '/.ci/',
    '/rosetta/',
    '/biome.json',
    '/jest.config.json',
    '/.dependency-cruiser.cjs',
    '/CONTRIBUTING.md',
    '/cdk.out/',
  ]) {
    project.npmignore?.exclude(notShipped);
  }
  project.npmignore?.include('/assets/', '/.jsii.tabl.json');
}
