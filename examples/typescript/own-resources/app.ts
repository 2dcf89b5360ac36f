import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  AnalyticsWorkerType,
  GlueAnalyticsJob,
  ImageFit,
  ImageFormat,
  ImageMetadata,
  ImagePipeline,
  InferenceModel,
  MailTransport,
  MlInferenceFunction,
  OrderProcessing,
  ProductCatalog,
  ServerlessShop,
  ServiceApi,
  ShopEvent,
  ShoppingCart,
} from 'cdk-serverless-shop';

// The parts with what a company already has: its bucket, table, key, bus, mail server and model endpoint.
const app = new App();
const stack = new Stack(app, 'OwnResources', { env: { region: 'eu-west-1' } });

const key = new Key(stack, 'Key');
const bus = new EventBus(stack, 'Bus');
const uploads = Bucket.fromBucketAttributes(stack, 'Uploads', { bucketName: 'company-uploads', encryptionKey: key });
const media = new Bucket(stack, 'Media', { encryptionKey: key });
const api = new ServiceApi(stack, 'Api', {
  apiName: 'Company',
  throttles: { browse: { rateLimit: 500, burstLimit: 1000 }, checkout: { rateLimit: 100 } },
  authorizer: new HttpIamAuthorizer(),
});

const photos = new ImagePipeline(stack, 'Photos', {
  source: { bucket: uploads, prefix: 'photos/' },
  output: { bucket: media, prefix: 'shown/' },
  keepMetadata: ImageMetadata.COPYRIGHT,
  maxBytes: 10_000_000,
  maxPixels: 24_000_000,
  api,
  variants: [
    { name: 'square', width: 600, height: 600, fit: ImageFit.COVER, format: ImageFormat.AVIF, quality: 55 },
    { name: 'print', width: 3000, format: ImageFormat.JPEG },
  ],
});

const catalog = new ProductCatalog(stack, 'Catalog', {
  bus,
  currency: 'EUR',
  table: TableV2.fromTableAttributes(stack, 'Products', {
    tableName: 'company-products',
    tableStreamArn: stack.formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: 'company-products/stream/2026-01-01T00:00:00.000',
    }),
  }),
  functions: { logRetention: RetentionDays.ONE_YEAR, memorySize: 1024 },
});
const cart = new ShoppingCart(stack, 'Cart', { catalog });
new OrderProcessing(stack, 'Orders', { catalog, store: cart.store, defaultLanguage: 'zh' });

const shop = new ServerlessShop(stack, 'Outlet', {
  shopName: 'Outlet',
  currency: 'EUR',
  languages: ['zh', 'en'],
  contact: { email: 'help@example.com', phone: '+31 20 123 4567' },
  images: photos,
  encryptionKey: key,
  mail: MailTransport.smtp({
    host: 'smtp.example.com',
    from: 'outlet@example.com',
    secret: Secret.fromSecretNameV2(stack, 'MailLogin', 'company/smtp'),
  }),
});
shop.onEvent(ShopEvent.ORDER_PLACED, new SqsQueue(new Queue(stack, 'Warehouse', { enforceSSL: true })));

new MlInferenceFunction(stack, 'Styles', {
  model: InferenceModel.fromEndpointName('company-styles', { timeout: Duration.seconds(5), maxRetries: 1 }),
  labels: ['casual', 'formal', 'sport'],
  top: 1,
  threshold: 0.6,
  source: { bucket: uploads, prefix: 'photos/' },
  output: { bucket: media, prefix: 'styles/' },
});

new GlueAnalyticsJob(stack, 'Statistics', {
  source: {
    bucket: uploads,
    prefix: 'sales/',
    columnNames: { invoice: 'Order', unitPrice: 'Price' },
  },
  output: { bucket: media, prefix: 'statistics/' },
  workerType: AnalyticsWorkerType.G_1X,
  numberOfWorkers: 3,
  timeout: Duration.minutes(30),
  encryptionKey: key,
});

app.synth();
