import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface FunctionRuntime {
  /** The `node` that runs every Node.js function. */
  readonly node: string;
  /** What to tell the person about it. */
  readonly description: string;
  /** AWS's runtime client. */
  readonly clientPath: string;
  /** Folder with the bootstrap that starts it. */
  readonly runtimeDir: string;
}

/** Functions run on Node 24 where its npm package exists for this machine, else on the Node that runs this process. */
export function functionRuntime(): FunctionRuntime {
  const packaged = resolvePackageFile(`node24-${process.platform}-${process.arch}`, 'bin/node');
  return {
    node: packaged ?? process.execPath,
    description: packaged ? 'Node.js 24 (npm node-linux-*)' : `Node.js ${process.versions.node} of this machine`,
    clientPath: require.resolve('aws-lambda-ric'),
    runtimeDir: join(__dirname, '..', 'runtime'),
  };
}

/** A `node_modules` with the AWS SDK alone, which Lambda's Node.js runtimes bring: the SDK that the project installed. */
export function runtimeModules(directory: string): string {
  const modules = join(directory, 'runtime', 'node_modules');
  mkdirSync(modules, { recursive: true });
  const link = join(modules, '@aws-sdk');
  rmSync(link, { force: true });
  const sdk = nodeModulesAbove(process.cwd())
    .map((folder) => join(folder, '@aws-sdk'))
    .find((folder) => existsSync(folder));
  if (sdk) symlinkSync(sdk, link);
  return modules;
}

/** Where Node.js would look for packages from a folder, nearest first. */
export function nodeModulesAbove(directory: string): string[] {
  const parent = dirname(directory);
  const here = join(directory, 'node_modules');
  return parent === directory ? [here] : [here, ...nodeModulesAbove(parent)];
}

function resolvePackageFile(packageName: string, file: string): string | undefined {
  try {
    const path = join(dirname(require.resolve(`${packageName}/package.json`)), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
