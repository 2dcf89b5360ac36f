import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import {
  GlueAnalyticsJob,
  ImagePipeline,
  ImagePreprocessing,
  InferenceModel,
  MailTransport,
  MlInferenceFunction,
  ServerlessShop,
  ServiceApi,
  TensorLayout,
} from 'cdk-serverless-shop';

// A shop with photos, a classifier of handwritten digits, and a nightly job that makes statistics of sales.
const app = new App();
const stack = new Stack(app, 'ExampleShop');

const photos = new ImagePipeline(stack, 'Photos');

// SES writes to this address once, and sends from it when the link in that mail was followed.
const sender = 'shop@example.com';
new EmailIdentity(stack, 'Sender', { identity: Identity.email(sender) });

const shop = new ServerlessShop(stack, 'Shop', {
  shopName: 'Willow & Pine',
  languages: ['en', 'zh'],
  currency: 'USD',
  contact: { email: 'hello@example.com' },
  images: photos,
  mail: MailTransport.ses({ from: sender }),
  shopUrl: app.node.tryGetContext('shopUrl'),
});

const digits = path.join(__dirname, '..', '..', 'models', 'digits');
const card = JSON.parse(readFileSync(path.join(digits, 'model.json'), 'utf8'));
const model = new Asset(stack, 'DigitsModel', { path: path.join(digits, card.file) });
const classifierApi = new ServiceApi(stack, 'ClassifierApi', { apiName: 'Digits' });
new MlInferenceFunction(stack, 'Digits', {
  model: InferenceModel.inFunction({
    modelName: card.name,
    bucket: model.bucket,
    key: model.s3ObjectKey,
    sha256: card.sha256,
    preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8, layout: TensorLayout.FLAT }),
    softmax: false,
  }),
  labels: card.labels,
  top: 10,
  api: classifierApi,
  source: {},
});

const statistics = new GlueAnalyticsJob(stack, 'Statistics', {
  schedule: Schedule.cron({ minute: '0', hour: '3' }),
});

for (const [name, value] of [
  ['ShopUrl', shop.storefront.url],
  ['ApiUrl', shop.api.url],
  ['CatalogBucket', shop.catalog.bucket.bucketName],
  ['PhotosBucket', photos.sourceBucket.bucketName],
  ['PhotosApiUrl', photos.api.url],
  ['ClassifierApiUrl', classifierApi.url],
  ['SalesBucket', statistics.sourceBucket.bucketName],
  ['StatisticsBucket', statistics.outputBucket.bucketName],
  ['AnalyticsJobName', statistics.jobName],
]) {
  new CfnOutput(stack, name, { value });
}

app.synth();
