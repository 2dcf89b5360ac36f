import { CustomResource, Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { BundledFunction } from './bundled-function';
import { acknowledgeCaller } from './callers';
import { SITE, SITE_PREFIX } from './contract';
import type { FunctionSettings } from './function-settings';
import { acknowledge, allow, allowKey } from './permissions';
import { privateBucket } from './private-bucket';
import { PrivateOrigins } from './private-origin';
import type { SiteProps } from './site-props';
import { apiCachePolicy, type ContentSecurityPolicy, pageRouter, securityHeaders } from './static-site-edge';
import { uniqueName, uniqueNameStart } from './unique-name';
import { Mistakes } from './validation';

export interface StaticSiteProps extends SiteProps {
  /** Folder of the built pages, `index.html` at its top; files below `assets/` are named by their content. */
  readonly pages: string;

  /** What the site is, in a few words for consoles. */
  readonly description: string;

  /** Title of the pages until a script changes it. @default - as they were built */
  readonly title?: string;

  /** What the pages are about, for search engines and previews of links. @default - as they were built */
  readonly pageDescription?: string;

  /** API on the same origin. @default - none */
  readonly api?: SiteApi;

  /**
   * Buckets whose objects below a prefix are served beside the pages, by that prefix. It must not be one of
   * `isOfSite`; which prop of theirs is wrong then, users are told by the construct that they use.
   *
   * @default - none
   */
  readonly folders?: Readonly<Record<string, s3.IBucket>>;

  /** What the pages read as `/config.json`; it may hold tokens. @default - there is no such file */
  readonly config?: Readonly<Record<string, unknown>>;

  /**
   * Directives that take the place of ours, such as `connect-src` for a sign-in service of another origin.
   *
   * @default - everything from the site's own origin, and nothing inline
   */
  readonly contentSecurityPolicy?: ContentSecurityPolicy;

  /**
   * Files of the site that are shown for statuses of 400 and above, by status; 404 is what is not there. Not with an
   * API, whose own answers they would take the place of.
   *
   * @default - CloudFront's and S3's own
   */
  readonly errorPages?: Readonly<Record<number, string>>;

  /** Bucket for the site's files. @default - a private one of the site's own */
  readonly bucket?: s3.IBucket;

  readonly functions?: FunctionSettings;
}

export interface SiteApi {
  readonly domainName: string;
  /** What its addresses begin with, without a slash at the end. */
  readonly prefix: string;
  /** What it is sent with each request, as it is at synthesis. @default - nothing of its own */
  readonly originHeaders?: () => Readonly<Record<string, string>>;
}

/** Whether a prefix would hide addresses of the site itself. */
export function isOfSite(prefix: string, apiPrefix?: string): boolean {
  const taken = apiPrefix ? [ASSETS_PREFIX, `${apiPrefix.slice(1)}/`] : [ASSETS_PREFIX];
  return prefix === '' || taken.some((it) => prefix.startsWith(it));
}

/** Names of letters, digits and hyphens between dots; the first may be a wildcard. */
const DOMAIN_NAME = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;

/** What the build names by its content. */
const ASSETS_PREFIX = 'assets/';

/** What the folders of a site are named by, beside what is unique of it. */
const NAME = 'site';

/** Statuses that are over a moment later. */
const PASSING_ERRORS = [500, 502, 503, 504];

/** What S3 answers for an object that is not there to those who may not list the bucket. */
const ABSENT = 403;

/**
 * Pages behind CloudFront.
 *
 * Each version of the pages is published into a folder of its own; the distribution moves from one to the next in one
 * step, and back when a deployment fails. Sites may share a bucket: no folder belongs to two of them.
 */
export class StaticSite extends Construct {
  readonly distribution: cloudfront.Distribution;
  readonly bucket: s3.IBucket;

  /** Copies a version of the pages into the bucket at deployment. */
  readonly publisherFunction: lambda.Function;

  /** Without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: StaticSiteProps) {
    super(scope, id);
    this.validate(props);
    this.bucket = props.bucket ?? privateBucket(this, 'Default', { disposable: true });

    const pages = new assets.Asset(this, 'Pages', { path: props.pages });
    // Not by content alone: another site may have the same pages in the same bucket, and would lose them with this one.
    const version = Fn.join('/', [`${SITE_PREFIX}${uniqueName(this, NAME)}`, pages.assetHash]);
    this.publisherFunction = this.publisher(pages, props.functions);
    const published = new CustomResource(this, 'Published', {
      resourceType: 'Custom::PublishedSite',
      serviceToken: this.publisherFunction.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: {
        [SITE.SOURCE_BUCKET]: pages.s3BucketName,
        [SITE.SOURCE_KEY]: pages.s3ObjectKey,
        [SITE.TARGET_BUCKET]: this.bucket.bucketName,
        [SITE.VERSION]: version,
        [SITE.CONFIG]: props.config && Stack.of(this).toJsonString(sorted(props.config)),
        [SITE.TITLE]: props.title,
        [SITE.DESCRIPTION]: props.pageDescription,
      },
    });
    this.distribution = this.distribute(version, props);
    // Pages first: the distribution must not move to a folder that is not there yet.
    this.distribution.node.addDependency(published);
    this.url = `https://${props.domainNames?.[0] ?? this.distribution.distributionDomainName}`;
  }

  /** Requests that the distribution answered with a server error, in percent. Measured in us-east-1. */
  metricServerErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.distribution.metric5xxErrorRate({ ...this.measured(), ...options });
  }

  /** Requests to the distribution. Measured in us-east-1. */
  metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.distribution.metricRequests({ ...this.measured(), ...options });
  }

  /** CloudFront measures with a dimension that the CDK leaves out. */
  private measured(): cloudwatch.MetricOptions {
    return {
      region: 'us-east-1',
      dimensionsMap: { DistributionId: this.distribution.distributionId, Region: 'Global' },
    };
  }

  private validate({ domainNames, certificate, api, errorPages }: StaticSiteProps): void {
    const mistakes = new Mistakes(this);
    mistakes.when(
      Boolean(domainNames?.length) && !certificate,
      'domainNames needs a certificate for these names, in us-east-1.',
    );
    for (const name of domainNames ?? []) {
      mistakes.unlessMatching(
        name,
        DOMAIN_NAME,
        `domainNames has "${name}"; it must be the name alone, such as shop.example.com.`,
      );
    }
    mistakes.when(
      Boolean(certificate) && !domainNames?.length,
      'certificate is given without domainNames; name the domains it is for.',
    );
    mistakes.when(
      Boolean(api) && errorPages !== undefined,
      'errorPages would take the place of what the API answers; leave them out, or serve the API from another origin.',
    );
  }

  private publisher(pages: assets.Asset, settings?: FunctionSettings): lambda.Function {
    const publisher = new BundledFunction(this, 'Publisher', {
      bundle: 'site-publisher',
      description: 'Copies the pages into their bucket at deployment',
      timeout: Duration.minutes(2),
      memorySize: 512,
      settings,
    });
    acknowledgeCaller(publisher, 'deployment');
    allow(publisher, ['s3:GetObject'], pages.bucket.arnForObjects(pages.s3ObjectKey));
    allow(publisher, ['s3:ListBucket'], this.bucket.bucketArn);
    allow(publisher, ['s3:PutObject', 's3:DeleteObject'], this.bucket.arnForObjects(this.everyVersion));
    allowKey(publisher, this.bucket.encryptionKey);
    return publisher;
  }

  /** Of all, not of this one alone: when a version is taken away, this is already the policy of the next. */
  private get everyVersion(): string {
    return `${SITE_PREFIX}${uniqueNameStart(this, NAME)}-*`;
  }

  private distribute(version: string, props: StaticSiteProps): cloudfront.Distribution {
    const { api, folders = {}, errorPages = {} } = props;
    const files = {
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: securityHeaders(this, props.contentSecurityPolicy),
    };
    const origins = new PrivateOrigins(this, 'Files');
    const behaviors: Record<string, cloudfront.BehaviorOptions> = {};
    if (api) behaviors[`${api.prefix}/*`] = this.apiBehavior(api, files.responseHeadersPolicy);
    for (const [prefix, bucket] of Object.entries(sorted(folders))) {
      behaviors[`/${prefix}*`] = { ...files, origin: origins.of(bucket, `${prefix}*`) };
    }
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: props.description,
      defaultBehavior: {
        ...files,
        origin: origins.of(this.bucket, this.everyVersion, `/${version}`),
        functionAssociations: [{ function: pageRouter(this), eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: behaviors,
      defaultRootObject: 'index.html',
      errorResponses: errorResponses(errorPages),
      domainNames: props.domainNames,
      certificate: props.certificate,
      webAclId: props.webAclArn,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      logBucket: props.accessLogBucket,
    });
    origins.allow(distribution);
    acknowledge(distribution, {
      'AwsSolutions-CFR1': 'A site is for everyone unless its owner decides otherwise.',
      ...(!props.webAclArn && { 'AwsSolutions-CFR2': 'WAF costs money while idle; `webAclArn` takes one.' }),
      ...(!props.accessLogBucket && {
        'AwsSolutions-CFR3': "An access log holds visitors' addresses; `accessLogBucket` turns it on.",
      }),
      ...(!props.certificate && {
        'AwsSolutions-CFR4':
          "CloudFront's own certificate takes older TLS; with a `certificate` it is TLS 1.2 at least.",
      }),
    });
    return distribution;
  }

  private apiBehavior(
    api: SiteApi,
    responseHeadersPolicy: cloudfront.IResponseHeadersPolicy,
  ): cloudfront.BehaviorOptions {
    return {
      origin: new ApiOrigin(api),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: apiCachePolicy(this),
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy,
    };
  }
}

/** CloudFront keeps errors for ten seconds otherwise, whatever the origin says about storing them. */
function errorResponses(pages: Readonly<Record<number, string>>): cloudfront.ErrorResponse[] {
  const shown = Object.entries(pages).flatMap(([status, page]) => {
    const page404 = Number(status) === 404;
    return (page404 ? [ABSENT, 404] : [Number(status)]).map((httpStatus) => ({
      httpStatus,
      responseHttpStatus: Number(status),
      responsePagePath: `/${page}`,
      ttl: Duration.seconds(0),
    }));
  });
  const plain = PASSING_ERRORS.filter((status) => !pages[status]);
  return [...shown, ...plain.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) }))];
}

/** The same keys in one order, whatever language they came from. */
function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An origin whose headers are asked for at synthesis, when all distributions before the API are known. */
class ApiOrigin extends HttpOrigin {
  constructor(private readonly api: SiteApi) {
    super(api.domainName);
  }

  bind(scope: Construct, options: cloudfront.OriginBindOptions): cloudfront.OriginBindConfig {
    const { originProperty, ...rest } = super.bind(scope, options);
    if (!originProperty) return rest;
    return {
      ...rest,
      originProperty: { ...originProperty, originCustomHeaders: Lazy.any({ produce: () => this.headers() }) },
    };
  }

  private headers(): cloudfront.CfnDistribution.OriginCustomHeaderProperty[] | undefined {
    const headers = Object.entries(this.api.originHeaders?.() ?? {});
    if (headers.length === 0) return undefined;
    return headers.map(([headerName, headerValue]) => ({ headerName, headerValue }));
  }
}
