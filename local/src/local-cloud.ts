import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type AssemblyStack, readAssembly } from './assembly';
import { Control } from './control';
import { type Credentials, newCredentials } from './credentials';
import { deployStack } from './deploy';
import type { DeployedStack } from './deployed-stack';
import { Emulator, freePort } from './emulator';
import { LocalCloudError } from './errors';
import { Faults } from './faults';
import { FrontDoorKeeper, type FrontDoorOptions, type FrontDoors } from './front-doors';
import { functionRuntime } from './functions';
import type { Handler, HttpServer } from './http-server';
import { Mailbox } from './mailbox';
import { emulatorPython } from './python-env';
import { SageMaker } from './sagemaker';
import { StateLock } from './state-lock';

const ACCOUNT = '000000000000';

export interface LocalCloudOptions {
  /**
   * Port of the AWS endpoint on 127.0.0.1.
   *
   * @default - a free one
   */
  readonly port?: number;
  /**
   * Folder that keeps all state across restarts.
   *
   * @default - a temporary folder, removed on stop
   */
  readonly stateDir?: string;
  /**
   * Region of stacks that name none.
   *
   * @default us-east-1
   */
  readonly region?: string;
  /**
   * Most environments (processes) that one function may have at a time; further calls wait.
   *
   * @default 10
   */
  readonly maxEnvironmentsPerFunction?: number;
  /**
   * Origins whose pages may use the cloud from a browser beside its own, such as `http://localhost:5173` of a
   * development server.
   *
   * @default - none
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Called with one line for each step that takes long.
   *
   * @default - silent
   */
  readonly onProgress?: (line: string) => void;
}

export interface DeployOptions {
  /**
   * Deploys this stack and no other.
   *
   * @default - the assembly must have exactly one stack
   */
  readonly stackName?: string;
}

/** AWS on this machine: deploys synthesized CDK apps and runs them, with IAM enforced. Listens on 127.0.0.1 only. */
export class LocalCloud {
  static async start(options: LocalCloudOptions = {}): Promise<LocalCloud> {
    const progress = options.onProgress ?? (() => undefined);
    options.allowedOrigins?.forEach(assertOrigin);
    const directory = options.stateDir ? resolve(options.stateDir) : mkdtempSync(join(tmpdir(), 'cdk-local-cloud-'));
    mkdirSync(directory, { recursive: true });
    const lock = StateLock.take(directory);
    const credentials = newCredentials();
    try {
      const python = await emulatorPython(progress);
      const emulator = await Emulator.start({
        python,
        directory,
        credentials,
        allowedOrigins: options.allowedOrigins ?? [],
        port: options.port ?? (await freePort()),
        region: options.region ?? 'us-east-1',
        persist: options.stateDir !== undefined,
        maxEnvironments: options.maxEnvironmentsPerFunction ?? 10,
      });
      return new LocalCloud(options, emulator, credentials, directory, lock);
    } catch (error) {
      lock.release();
      // What the emulator logged before it failed stays: the error names the file.
      if (!options.stateDir && !existsSync(join(directory, 'logs'))) rmSync(directory, { recursive: true });
      throw error;
    }
  }

  /** Address of every AWS service. */
  readonly endpoint: string;
  readonly region: string;
  readonly account = ACCOUNT;
  /** Folder with one log per function. */
  readonly logDirectory: string;
  /** The Node.js that runs the functions. */
  readonly functionRuntime = functionRuntime().description;
  readonly faults: Faults;
  readonly sagemaker: SageMaker;
  private readonly mails: Mailbox;
  private readonly frontDoors: FrontDoorKeeper;
  private readonly stacks = new Map<string, DeployedStack>();

  private constructor(
    private readonly options: LocalCloudOptions,
    private readonly emulator: Emulator,
    /**
     * Root credentials, new with each start: they may do everything, as a tester wants. Functions have those of their
     * own roles.
     */
    readonly credentials: Credentials,
    private readonly directory: string,
    private readonly lock: StateLock,
  ) {
    this.endpoint = emulator.endpoint;
    this.region = options.region ?? 'us-east-1';
    this.logDirectory = emulator.functionLogDirectory;
    const control = new Control(this.endpoint, credentials.secretAccessKey);
    this.faults = new Faults(control);
    this.sagemaker = new SageMaker(control);
    this.mails = new Mailbox(control);
    this.frontDoors = new FrontDoorKeeper(control, this.mails);
  }

  /** Environment variables with which any AWS SDK and the AWS CLI use this cloud as root. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
    };
  }

  /** Constructor argument for SDK clients; S3 clients also want `forcePathStyle: true`. */
  get clientConfig() {
    return { endpoint: this.endpoint, region: this.region, credentials: this.credentials, disableHostPrefix: true };
  }

  /** Deploys one stack of a synthesized assembly, or updates it in place when it stands already. */
  async deploy(assemblyDirectory: string, options: DeployOptions = {}): Promise<DeployedStack> {
    const stacks = readAssembly(assemblyDirectory);
    const names = stacks.map((stack) => stack.name).join(', ');
    const chosen = options.stackName ? stacks.filter((stack) => stack.name === options.stackName) : stacks;
    if (chosen.length === 0)
      throw new LocalCloudError(`no stack ${options.stackName} in ${assemblyDirectory}: it has ${names}`);
    if (chosen.length > 1)
      throw new LocalCloudError(`${assemblyDirectory} has several stacks (${names}): name one, or use deployAll`);
    return this.deployOne(chosen[0]);
  }

  /** Deploys every stack of a synthesized assembly, each after those it depends on. */
  async deployAll(assemblyDirectory: string): Promise<DeployedStack[]> {
    const deployed: DeployedStack[] = [];
    for (const stack of readAssembly(assemblyDirectory)) {
      this.options.onProgress?.(`deploying ${stack.name}`);
      deployed.push(await this.deployOne(stack));
    }
    return deployed;
  }

  /** Opens a bare origin on 127.0.0.1 for everything deployed so far that a person opens; those open before close. */
  async openFrontDoors(options: FrontDoorOptions = {}): Promise<FrontDoors> {
    return this.frontDoors.open([...this.stacks.values()], options);
  }

  /**
   * Opens a server of the caller's on 127.0.0.1, for programs and its own pages alone; these may use the cloud from the
   * browser, as a site's may.
   */
  async serve(port: number, handler: Handler): Promise<HttpServer> {
    return this.frontDoors.add(port, handler);
  }

  mailbox(): Mailbox {
    return this.mails;
  }

  /** Everything a function has logged, by its physical id (its name). */
  logs(functionPhysicalId: string): string {
    try {
      return readFileSync(join(this.logDirectory, `${functionPhysicalId}.log`), 'utf8');
    } catch {
      return '';
    }
  }

  /** Ends every process it started; keeps the state when there is a `stateDir`. */
  async stop(): Promise<void> {
    await this.frontDoors.closeAll();
    await this.sagemaker.stop();
    await this.emulator.stop();
    this.lock.release();
    if (!this.options.stateDir) rmSync(this.directory, { recursive: true, force: true });
  }

  private async deployOne(stack: AssemblyStack): Promise<DeployedStack> {
    const deployed = await deployStack(this, stack);
    this.stacks.set(deployed.name, deployed);
    return deployed;
  }
}

function assertOrigin(text: string): void {
  if (URL.canParse(text) && new URL(text).origin === text) return;
  throw new LocalCloudError(`${text} is not an origin, such as http://localhost:5173, whose pages could be allowed`);
}
