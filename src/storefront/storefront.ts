import * as path from 'node:path';
import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { ServiceApi } from '../api';
import { API_PREFIX } from '../api/contract';
import { ASSETS } from '../building-blocks/assets';
import { BundledFunction } from '../building-blocks/bundled-function';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { checkedSettings } from '../building-blocks/function-settings-mistakes';
import { allow } from '../building-blocks/permissions';
import type { SiteProps } from '../building-blocks/site-props';
import { isOfSite, StaticSite } from '../building-blocks/static-site';
import { CURRENCY, Mistakes } from '../building-blocks/validation';
import type { ImagePipeline } from '../images';
import { SUMMARY } from '../images/contract';
import { STORE_CONFIG_ENV, STORE_PHOTOS_ENV } from './contract';
import { ROUTES } from './routes.generated';

/** Languages that the storefront's pages are written in. */
const LANGUAGES = ['en', 'zh'];

/** How customers reach the shop's people. */
export interface ShopContact {
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
export interface StorefrontProps extends SiteProps {
  /**
   * Name of the shop, 1 to 100 characters.
   *
   * @default 'Shop'
   */
  readonly shopName?: string;

  /**
   * What the shop is, in a sentence or two, for search engines and previews of links: 1 to 300 characters.
   *
   * @default - the name of the shop
   */
  readonly shopDescription?: string;

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
  readonly contact?: ShopContact;

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
@propertyInjectable
export class Storefront extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.Storefront';

  /** Serves pages, photos and API. */
  readonly distribution: cloudfront.Distribution;

  /** Holds the pages. */
  readonly bucket: s3.IBucket;

  /** The API behind the pages. */
  readonly api: ServiceApi;

  /** Answers `GET /v1/config`. */
  readonly configFunction: lambda.Function;

  /** Answers `GET /v1/photos`; undefined when products are shown without photos. */
  readonly photosFunction?: lambda.Function;

  /** Copies a version of the pages into the bucket at deployment. */
  readonly publisherFunction: lambda.Function;

  /** Address of the shop without a slash at the end. */
  readonly url: string;

  private readonly site: StaticSite;

  constructor(scope: Construct, id: string, props: StorefrontProps = {}) {
    super(scope, id);
    checkedSettings(this, props.functions);
    this.validate(props);
    this.api = props.api ?? new ServiceApi(this, 'Api', { functions: props.functions });

    this.configFunction = new BundledFunction(this, 'Config', {
      bundle: 'store-config',
      description: 'Tells the pages about the shop',
      environment: { [STORE_CONFIG_ENV.CONFIG]: Stack.of(this).toJsonString(storeConfig(props)) },
      settings: props.functions,
    });
    this.api.addRoutes([...ROUTES['store-config']], this.configFunction);
    if (props.images) this.photosFunction = this.tellPhotos(props.images, props.functions);

    const { shopName = 'Shop', images, webAclArn, closeApi = webAclArn !== undefined } = props;
    if (closeApi) this.api.closeDirectAccess();
    else if (webAclArn !== undefined) this.warnOfOpenApi();
    this.site = new StaticSite(this, 'Site', {
      ...props,
      pages: path.join(ASSETS, 'site'),
      description: `Storefront of ${shopName}`,
      title: shopName,
      pageDescription: props.shopDescription ?? shopName,
      api: {
        domainName: this.api.domainName,
        prefix: API_PREFIX,
        originHeaders: () => this.api.originHeaders,
      },
      folders: images && { [images.outputPrefix]: images.outputBucket },
    });
    this.bucket = this.site.bucket;
    this.distribution = this.site.distribution;
    this.publisherFunction = this.site.publisherFunction;
    this.url = this.site.url;
  }

  /** Requests that the distribution answered with a server error, in percent. Measured in us-east-1. */
  metricServerErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.site.metricServerErrorRate(options);
  }

  /** Requests to the distribution. Measured in us-east-1. */
  metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.site.metricRequests(options);
  }

  private warnOfOpenApi(): void {
    if (this.api.isClosed) return;
    Annotations.of(this).addWarningV2(
      'cdk-serverless-shop:webAclPassedBy',
      'closeApi is false: whoever knows the address of the API calls it past the web ACL.',
    );
  }

  private tellPhotos(images: ImagePipeline, settings?: FunctionSettings): lambda.Function {
    const { outputBucket, summaryPrefix } = images;
    const photos = new BundledFunction(this, 'Photos', {
      bundle: 'store-photos',
      description: 'Tells the pages where photos are',
      environment: {
        [STORE_PHOTOS_ENV.BUCKET]: outputBucket.bucketName,
        [STORE_PHOTOS_ENV.SUMMARIES]: summaryPrefix,
      },
      settings,
    });
    outputBucket.encryptionKey?.grantDecrypt(photos);
    // Who may not list a bucket is told that access to a missing object is denied, not that it is missing.
    allow(photos, ['s3:ListBucket'], outputBucket.bucketArn);
    allow(photos, ['s3:GetObject'], outputBucket.arnForObjects(`${summaryPrefix}*/${SUMMARY}`));
    this.api.addRoutes([...ROUTES['store-photos']], photos);
    return photos;
  }

  private validate(props: StorefrontProps): void {
    const { shopName = 'Shop', shopDescription, languages = LANGUAGES, currency = 'USD' } = props;
    const mistakes = new Mistakes(this);
    mistakes.when(
      !Token.isUnresolved(shopName) && (shopName.length < 1 || shopName.length > 100),
      `shopName has ${shopName.length} characters; it must have 1 to 100.`,
    );
    mistakes.when(
      shopDescription !== undefined &&
        !Token.isUnresolved(shopDescription) &&
        (shopDescription.length < 1 || shopDescription.length > 300),
      `shopDescription has ${shopDescription?.length} characters; it must have 1 to 300.`,
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
    const photos = props.images?.outputPrefix;
    mistakes.when(
      photos !== undefined && isOfSite(photos, API_PREFIX),
      `images has the outputPrefix "${photos}"; photos are served under it, beside the pages, so it must not be empty or begin with ${API_PREFIX.slice(1)}/ or assets/.`,
    );
  }
}

/** The answer to `GET /config`, its keys in one order whatever language the props came from. */
function storeConfig(props: StorefrontProps): object {
  const { images, contact } = props;
  const languages = props.languages ?? LANGUAGES;
  return {
    name: props.shopName ?? 'Shop',
    languages,
    defaultLanguage: props.defaultLanguage ?? languages[0],
    currency: props.currency ?? 'USD',
    photos: images !== undefined,
    contact: contact ? { email: contact.email, phone: contact.phone, address: contact.address } : undefined,
  };
}
