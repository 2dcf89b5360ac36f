import type { Service } from './endpoint';
import type { ServiceRequest } from './service-client';

export const S3_SERVICE: Service = { id: 'S3', host: 's3', signing: 's3' };

/** A name that may stand before a domain. Dots would make it several names, for which no certificate is valid. */
const HOST_LABEL = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const IP_ADDRESS = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/;

/** Where buckets are: their name is in the host's if it can be, and in the path otherwise. */
export class S3Address {
  constructor(private readonly endpoint: URL) {}

  /** @param key encoded; empty for the bucket itself */
  of(bucket: string, key: string): Pick<ServiceRequest, 'path' | 'endpoint'> {
    if (!HOST_LABEL.test(bucket) || IP_ADDRESS.test(this.endpoint.hostname)) {
      return { path: `/${bucket}/${key}`, endpoint: this.endpoint };
    }
    const host = new URL(this.endpoint);
    host.hostname = `${bucket}.${host.hostname}`;
    return { path: `/${key}`, endpoint: host };
  }
}

/** Slashes stay; everything else that is not plain is encoded, the characters too that encodeURIComponent leaves. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/%2F/g, '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
