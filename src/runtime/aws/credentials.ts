import { AwsError } from './error';
import { exchange } from './transport';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface ExpiringCredentials extends Credentials {
  readonly expiresAt: number;
}

/** Address of the credentials of an ECS task, which names only their path. */
const TASK_HOST = 'http://169.254.170.2';

/** Hosts that may hand out credentials without TLS: this machine, and what ECS and EKS keep beside a container. */
const UNENCRYPTED_HOSTS = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.170\.23?|\[fd00:ec2::23\])$/;

/** So long before they expire, credentials are fetched anew. */
const REFRESH_BEFORE_MS = 300_000;

const TIME_LIMITS = { connect: 1000, whole: 2000 };

let known: ExpiringCredentials | undefined;
let pending: Promise<ExpiringCredentials> | undefined;

/**
 * The credentials of this moment. Those of the environment are read at every call, since they may be replaced at any
 * time; a function with SnapStart, and a container, get theirs from an address instead.
 */
export async function currentCredentials(): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN || undefined,
    };
  }
  return containerCredentials();
}

async function containerCredentials(): Promise<Credentials> {
  if (known && known.expiresAt - Date.now() > REFRESH_BEFORE_MS) return known;
  pending ??= fetchCredentials().finally(() => {
    pending = undefined;
  });
  try {
    known = await pending;
    return known;
  } catch (error) {
    // What is there may serve until it really expires.
    if (known && known.expiresAt > Date.now()) return known;
    throw error;
  }
}

async function fetchCredentials(): Promise<ExpiringCredentials> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: address } = process.env;
  if (!path && !address) throw unavailable('Neither keys nor an address of credentials are in the environment.');
  const url = new URL(path ? `${TASK_HOST}${path}` : (address as string));
  if (url.protocol !== 'https:' && !UNENCRYPTED_HOSTS.test(url.hostname)) {
    throw unavailable(`Credentials are not taken from ${url.host} without TLS.`);
  }
  const token = authorizationToken();
  const request = {
    url,
    method: 'GET',
    path: url.pathname + url.search,
    headers: { host: url.host, ...(token && { authorization: token }) },
  };
  const { status, body } = await exchange(request, TIME_LIMITS);
  if (status !== 200) throw unavailable(`${url.host} answered ${status} instead of credentials.`, status);
  return parsed(body.toString());
}

function authorizationToken(): string | undefined {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = process.env;
  // A file is replaced when its token expires, so it is read each time.
  const found = file ? process.getBuiltinModule('node:fs').readFileSync(file, 'utf8') : token;
  if (found?.includes('\r\n')) throw unavailable('The token for credentials holds a line break.');
  return found;
}

function parsed(body: string): ExpiringCredentials {
  try {
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(body);
    const expiresAt = Date.parse(Expiration);
    if (AccessKeyId && SecretAccessKey && Token && expiresAt) {
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiresAt };
    }
  } catch {
    // Told below.
  }
  throw unavailable('The answer with credentials has another form than expected.');
}

function unavailable(message: string, status = 0): AwsError {
  return new AwsError('CredentialsProviderError', message, { status, failure: status >= 500 ? 'passing' : 'final' });
}
