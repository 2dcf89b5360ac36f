"""A shop with photos, a classifier of handwritten digits, and a nightly job that makes statistics of sales."""

import json
from pathlib import Path

from aws_cdk import App, CfnOutput, Stack
from aws_cdk.aws_events import Schedule
from aws_cdk.aws_s3_assets import Asset
from aws_cdk.aws_ses import EmailIdentity, Identity
from cdk_serverless_shop import (
    BucketLocation,
    GlueAnalyticsJob,
    ImagePipeline,
    ImagePreprocessing,
    InferenceModel,
    MailTransport,
    MlInferenceFunction,
    ServerlessShop,
    ServiceApi,
    ShopContact,
    TensorLayout,
)

app = App()
stack = Stack(app, "ExampleShop")

photos = ImagePipeline(stack, "Photos")

# SES writes to this address once, and sends from it when the link in that mail was followed.
sender = "shop@example.com"
EmailIdentity(stack, "Sender", identity=Identity.email(sender))

shop = ServerlessShop(
    stack,
    "Shop",
    shop_name="Willow & Pine",
    languages=["en", "zh"],
    currency="USD",
    contact=ShopContact(email="hello@example.com"),
    images=photos,
    mail=MailTransport.ses(from_=sender),
    shop_url=app.node.try_get_context("shopUrl"),
)

digits = Path(__file__).resolve().parents[2] / "models" / "digits"
card = json.loads((digits / "model.json").read_text())
model = Asset(stack, "DigitsModel", path=str(digits / card["file"]))
classifier_api = ServiceApi(stack, "ClassifierApi", api_name="Digits")
MlInferenceFunction(
    stack,
    "Digits",
    model=InferenceModel.in_function(
        model_name=card["name"],
        bucket=model.bucket,
        key=model.s3_object_key,
        sha256=card["sha256"],
        preprocessing=ImagePreprocessing.drawing(width=8, height=8, layout=TensorLayout.FLAT),
        softmax=False,
    ),
    labels=card["labels"],
    top=10,
    api=classifier_api,
    source=BucketLocation(),
)

statistics = GlueAnalyticsJob(stack, "Statistics", schedule=Schedule.cron(minute="0", hour="3"))

for name, value in {
    "ShopUrl": shop.storefront.url,
    "ApiUrl": shop.api.url,
    "CatalogBucket": shop.catalog.bucket.bucket_name,
    "PhotosBucket": photos.source_bucket.bucket_name,
    "PhotosApiUrl": photos.api.url,
    "ClassifierApiUrl": classifier_api.url,
    "SalesBucket": statistics.source_bucket.bucket_name,
    "StatisticsBucket": statistics.output_bucket.bucket_name,
    "AnalyticsJobName": statistics.job_name,
}.items():
    CfnOutput(stack, name, value=value)

app.synth()
