import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** How the pages of a shop are reached, and who watches over that. */
export interface SiteProps {
  /**
   * Domain names of the pages; needs a certificate.
   *
   * @default - the distribution's own name
   */
  readonly domainNames?: string[];

  /**
   * Certificate for the domain names, in us-east-1.
   *
   * @default - none
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Bucket for the distribution's access log, which holds visitors' addresses, and the paths they asked for with the ids
   * of carts and orders in them. It must allow ACLs, as CloudFront asks.
   *
   * @default - no access log
   */
  readonly accessLogBucket?: s3.IBucket;

  /**
   * ARN of a web ACL of AWS WAF with scope CLOUDFRONT. It sees what comes to the distribution; `closeApi` keeps others
   * from passing it by.
   *
   * @default - none
   */
  readonly webAclArn?: string;

  /**
   * Whether the API refuses what is sent to its own address instead of the distribution's, as
   * `ServiceApi.closeDirectAccess` says. Turn it off where other clients call the API directly; the web ACL does not
   * see those.
   *
   * @default - true with a web ACL, otherwise false
   */
  readonly closeApi?: boolean;
}
