import * as path from 'node:path';
import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { ServiceApi } from '../api';
import { API_PREFIX } from '../api/contract';
import { ASSETS } from '../building-blocks/assets';
import { BundledFunction } from '../building-blocks/bundled-function';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { acknowledge, allow } from '../building-blocks/permissions';
import { privateBucket } from '../building-blocks/private-bucket';
import { uniqueName } from '../building-blocks/unique-name';
import { CURRENCY, Mistakes } from '../building-blocks/validation';
import { ImageFormat, type ImagePipeline } from '../images';
import { SITE, SITE_PREFIX, STORE_CONFIG_ENV } from './contract';
import { privateOrigin } from './private-origin';
import { ROUTES } from './routes.generated';

/** Prefixes of addresses that lead to the API and to the pages' own files. */
const TAKEN_PREFIXES = [`${API_PREFIX.slice(1)}/`, 'assets/'];

/** Languages that the storefront's pages are written in. */
const LANGUAGES = ['en', 'zh'];

/** How customers reach the shop's people. */
export interface StoreContact {
  /**
   * E-mail address.
   *
   * @default - not shown
   */
  readonly email?: string;

  /**
   * Telephone number.
   *
   * @default - not shown
   */
  readonly phone?: string;

  /**
   * Postal address in one line.
   *
   * @default - not shown
   */
  readonly address?: string;
}

/** Properties of a Storefront. */
export interface StorefrontProps {
  /**
   * Name of the shop, 1 to 100 characters.
   *
   * @default 'Shop'
   */
  readonly name?: string;

  /**
   * Languages the pages are offered in: `en`, `zh`.
   *
   * @default ['en', 'zh']
   */
  readonly languages?: string[];

  /**
   * Language for visitors whose browser asks for none of the languages.
   *
   * @default - the first of the languages
   */
  readonly defaultLanguage?: string;

  /**
   * Currency of all prices, ISO 4217. It must be the catalogue's.
   *
   * @default 'USD'
   */
  readonly currency?: string;

  /**
   * How customers reach the shop's people.
   *
   * @default - not shown
   */
  readonly contact?: StoreContact;

  /**
   * API behind the pages, on the same origin under `/v1`.
   *
   * @default - an API that answers the pages' settings alone
   */
  readonly api?: ServiceApi;

  /**
   * Pipeline that product photos come from; its variants are served under its output prefix.
   *
   * @default - products are shown without photos
   */
  readonly images?: ImagePipeline;

  /**
   * Bucket for the site's files. The distribution must be allowed to read it.
   *
   * @default - a private bucket of the storefront's own
   */
  readonly bucket?: s3.IBucket;

  /**
   * Domain names of the shop; needs a certificate.
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
   * ARN of a web ACL of AWS WAF with scope CLOUDFRONT.
   *
   * @default - none
   */
  readonly webAclArn?: string;

  /**
   * How the functions are run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

/**
 * The shop's pages behind CloudFront, with the API and the product photos on the same origin.
 *
 * Each version of the pages is published into a folder of its own; the distribution moves from one to the next in one
 * step, and back when a deployment fails.
 */
export class Storefront extends Construct {
  /** Serves pages, photos and API. */
  readonly distribution: cloudfront.Distribution;

  /** Holds the pages. */
  readonly bucket: s3.IBucket;

  /** The API behind the pages. */
  readonly api: ServiceApi;

  /** Answers `GET /v1/config`. */
  readonly configFunction: lambda.Function;

  /** Copies a version of the pages into the bucket at deployment. */
  readonly publisherFunction: lambda.Function;

  /** Address of the shop without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: StorefrontProps = {}) {
    super(scope, id);
    this.validate(props);
    this.api = props.api ?? new ServiceApi(this, 'Api', { functions: props.functions });
    this.bucket = props.bucket ?? privateBucket(this, 'Site', { disposable: true });

    this.configFunction = new BundledFunction(this, 'Config', {
      bundle: 'store-config',
      description: 'Tells the pages about the shop',
      environment: { [STORE_CONFIG_ENV.CONFIG]: Stack.of(this).toJsonString(storeConfig(props)) },
      settings: props.functions,
    });
    this.api.addRoutes([...ROUTES['store-config']], this.configFunction);

    const site = new assets.Asset(this, 'Pages', { path: path.join(ASSETS, 'site') });
    const folder = SITE_PREFIX + site.assetHash;
    this.publisherFunction = this.publisher(site, props.functions);
    const published = new CustomResource(this, 'Published', {
      resourceType: 'Custom::PublishedSite',
      serviceToken: this.publisherFunction.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: {
        [SITE.SOURCE_BUCKET]: site.s3BucketName,
        [SITE.SOURCE_KEY]: site.s3ObjectKey,
        [SITE.TARGET_BUCKET]: this.bucket.bucketName,
        [SITE.VERSION]: folder,
      },
    });
    this.distribution = this.distribute(folder, props);
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

  private validate(props: StorefrontProps): void {
    const { name = 'Shop', languages = LANGUAGES, currency = 'USD' } = props;
    const mistakes = new Mistakes(this);
    mistakes.when(
      !Token.isUnresolved(name) && (name.length < 1 || name.length > 100),
      `name has ${name.length} characters; it must have 1 to 100.`,
    );
    mistakes.when(languages.length === 0, `languages is empty; name at least one of ${LANGUAGES.join(', ')}.`);
    const unknown = languages.filter((language) => !Token.isUnresolved(language) && !LANGUAGES.includes(language));
    mistakes.when(
      unknown.length > 0,
      `languages has ${unknown.join(', ')}; the pages are written in ${LANGUAGES.join(' and ')}.`,
    );
    mistakes.when(
      props.defaultLanguage !== undefined &&
        !Token.isUnresolved([props.defaultLanguage, ...languages].join()) &&
        !languages.includes(props.defaultLanguage),
      `defaultLanguage is ${props.defaultLanguage}; it must be one of the languages: ${languages.join(', ')}.`,
    );
    mistakes.unlessMatching(currency, CURRENCY, `currency is ${currency}; it must be an ISO 4217 code such as USD.`);
    mistakes.when(
      Boolean(props.domainNames?.length) && !props.certificate,
      'domainNames needs a certificate for these names, in us-east-1.',
    );
    mistakes.when(
      Boolean(props.certificate) && !props.domainNames?.length,
      'certificate is given without domainNames; name the domains it is for.',
    );
    const photos = props.images?.outputPrefix;
    mistakes.when(
      photos !== undefined && (photos === '' || TAKEN_PREFIXES.some((prefix) => photos.startsWith(prefix))),
      `images has the outputPrefix "${photos}"; photos are served under it, beside the pages, so it must not be empty or begin with ${TAKEN_PREFIXES.join(' or ')}.`,
    );
  }

  private publisher(site: assets.Asset, settings?: FunctionSettings): lambda.Function {
    const publisher = new BundledFunction(this, 'Publisher', {
      bundle: 'site-publisher',
      description: 'Copies the pages into their bucket at deployment',
      timeout: Duration.minutes(2),
      memorySize: 512,
      settings,
    });
    allow(publisher, ['s3:GetObject'], site.bucket.arnForObjects(site.s3ObjectKey));
    allow(publisher, ['s3:ListBucket'], this.bucket.bucketArn);
    // Of all versions: when one is taken away, this is already the policy of the next.
    allow(publisher, ['s3:PutObject', 's3:DeleteObject'], this.bucket.arnForObjects(`${SITE_PREFIX}*`));
    this.bucket.encryptionKey?.grantEncrypt(publisher);
    return publisher;
  }

  private distribute(folder: string, { api: _, images, ...props }: StorefrontProps): cloudfront.Distribution {
    const headers = securityHeaders(this);
    const pages: cloudfront.BehaviorOptions = {
      origin: privateOrigin(this, this.bucket, `/${folder}`),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: headers,
      functionAssociations: [{ function: pageRouter(this), eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
    };
    const operations: cloudfront.BehaviorOptions = {
      origin: new origins.HttpOrigin(this.api.domainName),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: apiCachePolicy(this),
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: headers,
    };
    const photos: Record<string, cloudfront.BehaviorOptions> = images
      ? {
          [`/${images.outputPrefix}*`]: {
            origin: privateOrigin(this, images.outputBucket),
            viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
            responseHeadersPolicy: headers,
          },
        }
      : {};
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `Storefront of ${props.name ?? 'Shop'}`,
      defaultBehavior: pages,
      additionalBehaviors: { [`${API_PREFIX}/*`]: operations, ...photos },
      defaultRootObject: 'index.html',
      // CloudFront keeps these for ten seconds otherwise, whatever the API says about storing them.
      errorResponses: [500, 502, 503, 504].map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      domainNames: props.domainNames,
      certificate: props.certificate,
      webAclId: props.webAclArn,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      logBucket: props.accessLogBucket,
    });
    acknowledge(distribution, {
      'AwsSolutions::AwsSolutions-CFR1': 'A shop sells to everyone unless its owner decides otherwise.',
      'AwsSolutions::AwsSolutions-CFR2': 'WAF costs money while idle; `webAclArn` takes one.',
      'AwsSolutions::AwsSolutions-CFR3': "An access log holds visitors' addresses; `accessLogBucket` turns it on.",
      'AwsSolutions::AwsSolutions-CFR4': 'TLS 1.2 at least wherever there is a certificate for a domain of the shop.',
    });
    return distribution;
  }
}

/** The answer to `GET /config`, its keys in one order whatever language the props came from. */
function storeConfig(props: StorefrontProps): object {
  const { images, contact } = props;
  const languages = props.languages ?? LANGUAGES;
  return {
    name: props.name ?? 'Shop',
    languages,
    defaultLanguage: props.defaultLanguage ?? languages[0],
    currency: props.currency ?? 'USD',
    images: images
      ? {
          baseUrl: `/${images.outputPrefix.replace(/\/$/, '')}`,
          variants: images.variants
            .map(({ name, width, format }) => ({ name, width, format: format ?? ImageFormat.WEBP }))
            .sort((a, b) => a.width - b.width),
        }
      : null,
    contact: contact ? { email: contact.email, phone: contact.phone, address: contact.address } : undefined,
  };
}

/** Sends the addresses of pages to the one document that draws them all; files and the API are left alone. */
function pageRouter(scope: Construct): cloudfront.Function {
  return new cloudfront.Function(scope, 'PageRouter', {
    functionName: uniqueName(scope, 'shop-pages'),
    runtime: cloudfront.FunctionRuntime.JS_2_0,
    comment: 'Answers page addresses with index.html',
    code: cloudfront.FunctionCode.fromInline(
      [
        'function handler(event) {',
        '  var uri = event.request.uri;',
        // Files lie at the top or below assets/. Ids of products may hold dots, so a dot alone does not make a file.
        "  var isFile = uri.lastIndexOf('/') === 0 ? uri.indexOf('.') !== -1 : uri.indexOf('/assets/') === 0;",
        "  if (!isFile) event.request.uri = '/index.html';",
        '  return event.request;',
        '}',
      ].join('\n'),
    ),
  });
}

/** Caches what the API marks as public, for as long as it says, and nothing else. */
function apiCachePolicy(scope: Construct): cloudfront.CachePolicy {
  return new cloudfront.CachePolicy(scope, 'ApiCache', {
    cachePolicyName: uniqueName(scope, 'shop-api'),
    comment: 'What the API allows to be cached',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(1),
    queryStringBehavior: cloudfront.CacheQueryStringBehavior.all(),
    headerBehavior: cloudfront.CacheHeaderBehavior.allowList('Authorization'),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });
}

function securityHeaders(scope: Construct): cloudfront.ResponseHeadersPolicy {
  const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return new cloudfront.ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: uniqueName(scope, 'shop-headers'),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
      referrerPolicy: {
        referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
        override: true,
      },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
    },
  });
}
