import { LocalCloudError } from './errors';

/** Opens what steers the cloud itself, and says who asks: python/gate.py. */
const SECRET_HEADER = 'x-local-cloud-secret';
const DOOR_HEADER = 'x-local-cloud-door';

/** The way to what steers the cloud itself, for who knows the secret of its start. */
export class Control {
  constructor(
    readonly endpoint: string,
    private readonly secret: string,
  ) {}

  /** Asks one of the launcher's own paths beside the AWS ones (python/control.py). */
  async ask<T>(path: string, body?: unknown): Promise<T> {
    return this.send<T>(`/_local/${path}`, body);
  }

  /** Asks one of the emulator's own paths. */
  async askEmulator<T>(path: string): Promise<T> {
    return this.send<T>(`/_ministack/${path}`);
  }

  /** Headers with which a front door passes a request on, as it came, to a host of the cloud. */
  doorHeaders(port: number, host: string): Record<string, string> {
    return { [DOOR_HEADER]: `${this.secret} ${port} ${host}` };
  }

  private async send<T>(path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.endpoint + path, {
      method: body === undefined ? 'GET' : 'PUT',
      headers: { [SECRET_HEADER]: this.secret },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new LocalCloudError(`the local cloud refused ${path}: ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
}
