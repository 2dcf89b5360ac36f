import { timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** What tells where a request came from. All of it but the gateway's own address of the sender may be made up. */
export interface Arrival {
  /** Of whoever opened the connection to the gateway: the viewer, or a distribution's server. */
  readonly sourceIp: string;
  readonly forwardedFor?: string;
  /** What only a distribution before the API knows. */
  readonly edgeProof?: string;
}

/**
 * IP address of the viewer who sent a request.
 *
 * Who calls the API itself may write anything into its headers, so that the connection alone counts. A request that came
 * through a distribution of the API's says so by its proof: there, what CloudFront wrote last into `X-Forwarded-For` is
 * the address of the viewer, whatever the viewer wrote before it. The gateway may have added that of CloudFront.
 */
export function viewerAddress({ sourceIp, forwardedFor = '', edgeProof }: Arrival, proof: string): string {
  if (edgeProof === undefined || !equal(edgeProof, proof)) return sourceIp;
  const hops = forwardedFor.split(',').map((hop) => hop.trim());
  if (hops.at(-1) === sourceIp) hops.pop();
  return hops.at(-1) || sourceIp;
}

/** What is given to one subscriber: an IPv4 address, or the first 64 bits of an IPv6 address, whose rest they choose. */
export function subscriberOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address without leading zeros. */
function groupsOf(address: string): string[] {
  const [head, tail] = address.toLowerCase().split('%')[0].split('::').map(groups);
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(zeros).fill('0'), ...(tail ?? [])].map((group) =>
    Number.parseInt(group, 16).toString(16),
  );
}

function groups(part: string): string[] {
  return part === '' ? [] : part.split(':');
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
