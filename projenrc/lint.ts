import { type awscdk, JsonFile } from 'projen';

/** Formatting and lint by biome; who may import whom is in .dependency-cruiser.cjs. */
export function configureLint(project: awscdk.AwsCdkConstructLibrary): void {
  new JsonFile(project, 'biome.json', {
    marker: false,
    allowComments: false,
    obj: {
      vcs: { enabled: true, clientKind: 'git', useIgnoreFile: true },
      files: {
        includes: ['**', '!**/*.generated.*', '!**/__snapshots__', '!**/*.json', '!.github', '!web/dist', '!assets'],
      },
      formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 120 },
      json: { formatter: { enabled: false } },
      javascript: { formatter: { quoteStyle: 'single', semicolons: 'always' } },
      linter: {
        enabled: true,
        rules: {
          recommended: true,
          complexity: { noStaticOnlyClass: 'off' },
          // Constructs are made for their effect on the tree.
          correctness: { noUnusedImports: 'error', noUnusedVariables: 'error' },
          suspicious: { noExplicitAny: 'error' },
          style: { useImportType: 'error', useNodejsImportProtocol: 'error' },
        },
      },
    },
  });
}
