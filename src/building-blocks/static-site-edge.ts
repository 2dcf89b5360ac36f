import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { uniqueName } from './unique-name';

/** Sources by directive. */
export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>;

/** Everything from the site's own origin, and nothing inline. */
const OWN_ORIGIN_ONLY: ContentSecurityPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'font-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** Sends the addresses of pages to the one document that draws them all; files and other behaviours are left alone. */
export function pageRouter(scope: Construct): cloudfront.Function {
  return new cloudfront.Function(scope, 'PageRouter', {
    functionName: uniqueName(scope, 'site-pages'),
    runtime: cloudfront.FunctionRuntime.JS_2_0,
    comment: 'Answers page addresses with index.html',
    code: cloudfront.FunctionCode.fromInline(
      [
        'function handler(event) {',
        '  var uri = event.request.uri;',
        // Files lie at the top or below assets/. Ids in addresses may hold dots, so a dot alone does not make a file.
        "  var isFile = uri.lastIndexOf('/') === 0 ? uri.indexOf('.') !== -1 : uri.indexOf('/assets/') === 0;",
        "  if (!isFile) event.request.uri = '/index.html';",
        '  return event.request;',
        '}',
      ].join('\n'),
    ),
  });
}

/** Caches what the API marks as public, for as long as it says, and nothing else. */
export function apiCachePolicy(scope: Construct): cloudfront.CachePolicy {
  return new cloudfront.CachePolicy(scope, 'ApiCache', {
    cachePolicyName: uniqueName(scope, 'site-api'),
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

/** @param own directives that take the place of those that allow the site's own origin only */
export function securityHeaders(scope: Construct, own: ContentSecurityPolicy = {}): cloudfront.ResponseHeadersPolicy {
  const contentSecurityPolicy = Object.entries({ ...OWN_ORIGIN_ONLY, ...own })
    .map(([directive, sources]) => [directive, ...sources].join(' '))
    .join('; ');
  return new cloudfront.ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: uniqueName(scope, 'site-headers'),
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
