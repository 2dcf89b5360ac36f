import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LocalCloudError } from './errors';

export interface AssemblyStack {
  readonly name: string;
  readonly region?: string;
  readonly template: Template;
  readonly templateFile: string;
  readonly parameters: Record<string, string>;
  readonly tags: Record<string, string>;
  readonly assets: FileAsset[];
}

export interface FileAsset {
  /** Absolute path of the file or folder in the assembly. */
  readonly path: string;
  readonly packaging: 'file' | 'zip';
  readonly bucket: string;
  readonly key: string;
}

export interface Template {
  readonly Resources?: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, unknown>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

interface Artifact {
  type: string;
  environment?: string;
  dependencies?: string[];
  properties?: {
    file?: string;
    templateFile?: string;
    stackName?: string;
    parameters?: Record<string, string>;
    tags?: Record<string, string>;
    directoryName?: string;
  };
}

interface AssetManifest {
  files?: Record<
    string,
    {
      source: { path?: string; packaging?: 'file' | 'zip'; executable?: string[] };
      destinations: Record<string, { bucketName: string; objectKey: string }>;
    }
  >;
  dockerImages?: Record<string, unknown>;
}

/** The stacks of a synthesized assembly (`cdk.out`), each after those it depends on, nested stages included. */
export function readAssembly(directory: string): AssemblyStack[] {
  const root = resolve(directory);
  const manifestFile = join(root, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new LocalCloudError(`${root} is not a synthesized CDK app (no manifest.json): run \`cdk synth\` first`);
  }
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(manifestFile);
  const ordered = inDependencyOrder(artifacts);
  return ordered.flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly')
      return readAssembly(join(root, artifact.properties?.directoryName ?? ''));
    return artifact.type === 'aws:cloudformation:stack' ? [readStack(root, id, artifact, artifacts)] : [];
  });
}

function readStack(root: string, id: string, artifact: Artifact, artifacts: Record<string, Artifact>): AssemblyStack {
  const properties = artifact.properties ?? {};
  const templateFile = join(root, properties.templateFile ?? '');
  const manifests = (artifact.dependencies ?? []).filter((name) => artifacts[name]?.type === 'cdk:asset-manifest');
  return {
    name: properties.stackName ?? id,
    region: regionOf(artifact.environment),
    template: readJson<Template>(templateFile),
    templateFile,
    parameters: properties.parameters ?? {},
    tags: properties.tags ?? {},
    assets: manifests.flatMap((name) => readAssets(root, artifacts[name])),
  };
}

function readAssets(root: string, artifact: Artifact): FileAsset[] {
  const manifest = readJson<AssetManifest>(join(root, artifact.properties?.file ?? ''));
  if (Object.keys(manifest.dockerImages ?? {}).length > 0) {
    throw new LocalCloudError('the app has Docker image assets: the local cloud runs zip functions only');
  }
  return Object.values(manifest.files ?? {}).flatMap(({ source, destinations }) =>
    Object.values(destinations).map((destination) => {
      if (!source.path)
        throw new LocalCloudError('an asset is made by a command at deployment, which is not supported');
      return {
        path: resolve(root, source.path),
        packaging: source.packaging ?? 'file',
        bucket: destination.bucketName,
        key: destination.objectKey,
      };
    }),
  );
}

function inDependencyOrder(artifacts: Record<string, Artifact>): [string, Artifact][] {
  const ordered = new Map<string, Artifact>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (!artifact || ordered.has(id)) return;
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    ordered.set(id, artifact);
  };
  Object.keys(artifacts).forEach(visit);
  return [...ordered];
}

/** `aws://<account>/<region>`; an environment-agnostic stack says `unknown-region`. */
function regionOf(environment = ''): string | undefined {
  const region = environment.split('/').at(-1);
  return region && region !== 'unknown-region' ? region : undefined;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
