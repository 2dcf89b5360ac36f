/** A service, as its addresses and signatures name it. */
export interface Service {
  /** Of the variable AWS_ENDPOINT_URL_<id>. */
  readonly id: string;
  readonly host: string;
  /** Name in the signature. */
  readonly signing: string;
  /** Regions whose usual endpoint is the FIPS one already. */
  readonly fipsAsUsual?: readonly string[];
  /** The SDK's number of attempts, where it is not the usual one. */
  readonly attempts?: number;
  /** Upper bound of the first wait, where it is not the usual one. */
  readonly firstWaitMs?: number;
}

/** Domains of the partitions, by the SDK's table of them; everything else is `amazonaws.com`. */
const DOMAINS: readonly (readonly [regions: RegExp, domain: string])[] = [
  [/^cn-\w+-\d+$/, 'amazonaws.com.cn'],
  [/^eusc-de-\w+-\d+$/, 'amazonaws.eu'],
  [/^us-iso-\w+-\d+$/, 'c2s.ic.gov'],
  [/^us-isob-\w+-\d+$/, 'sc2s.sgov.gov'],
  [/^eu-isoe-\w+-\d+$/, 'cloud.adc-e.uk'],
  [/^us-isof-\w+-\d+$/, 'csp.hci.ic.gov'],
];

export function regionFromEnvironment(): string {
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;
  if (!region) throw new Error('Region is missing: neither AWS_REGION nor AWS_DEFAULT_REGION is set.');
  return region;
}

/** The address that was set for a service, or for all. */
export function configuredEndpoint({ id }: Service): URL | undefined {
  if (isTrue(process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined;
  const address = process.env[`AWS_ENDPOINT_URL_${id}`] || process.env.AWS_ENDPOINT_URL;
  return address ? new URL(address) : undefined;
}

/** Where a service is reached in a region. */
export function regionalEndpoint({ host, fipsAsUsual }: Service, region: string): URL {
  const fips = isTrue(process.env.AWS_USE_FIPS_ENDPOINT) && !fipsAsUsual?.includes(region) ? '-fips' : '';
  const domain = DOMAINS.find(([regions]) => regions.test(region))?.[1] ?? 'amazonaws.com';
  return new URL(`https://${host}${fips}.${region}.${domain}`);
}

function isTrue(setting: string | undefined): boolean {
  return setting === 'true';
}
