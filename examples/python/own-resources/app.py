"""The parts with what a company already has: its bucket, table, key, bus, mail server and model endpoint."""

from aws_cdk import App, Duration, Environment, Stack
from aws_cdk.aws_apigatewayv2 import ThrottleSettings
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer
from aws_cdk.aws_dynamodb import TableV2
from aws_cdk.aws_events import EventBus
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_kms import Key
from aws_cdk.aws_logs import RetentionDays
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_secretsmanager import Secret
from aws_cdk.aws_sqs import Queue
from cdk_serverless_shop import (
    AnalyticsSource,
    AnalyticsSourceColumns,
    AnalyticsWorkerType,
    BucketLocation,
    FunctionSettings,
    GlueAnalyticsJob,
    ImageFit,
    ImageFormat,
    ImageMetadata,
    ImagePipeline,
    ImageVariant,
    InferenceModel,
    MailTransport,
    MlInferenceFunction,
    OperationThrottles,
    OrderProcessing,
    ProductCatalog,
    ServerlessShop,
    ServiceApi,
    ShopEvent,
    ShoppingCart,
    ShopContact,
)

app = App()
stack = Stack(app, "OwnResources", env=Environment(region="eu-west-1"))

key = Key(stack, "Key")
bus = EventBus(stack, "Bus")
uploads = Bucket.from_bucket_attributes(stack, "Uploads", bucket_name="company-uploads", encryption_key=key)
media = Bucket(stack, "Media", encryption_key=key)
api = ServiceApi(
    stack,
    "Api",
    api_name="Company",
    throttles=OperationThrottles(
        browse=ThrottleSettings(rate_limit=500, burst_limit=1000),
        checkout=ThrottleSettings(rate_limit=100),
    ),
    authorizer=HttpIamAuthorizer(),
)

photos = ImagePipeline(
    stack,
    "Photos",
    source=BucketLocation(bucket=uploads, prefix="photos/"),
    output=BucketLocation(bucket=media, prefix="shown/"),
    keep_metadata=ImageMetadata.COPYRIGHT,
    max_bytes=10_000_000,
    max_pixels=24_000_000,
    api=api,
    variants=[
        ImageVariant(name="square", width=600, height=600, fit=ImageFit.COVER, format=ImageFormat.AVIF, quality=55),
        ImageVariant(name="print", width=3000, format=ImageFormat.JPEG),
    ],
)

catalog = ProductCatalog(
    stack,
    "Catalog",
    bus=bus,
    currency="EUR",
    table=TableV2.from_table_attributes(
        stack,
        "Products",
        table_name="company-products",
        table_stream_arn=stack.format_arn(
            service="dynamodb",
            resource="table",
            resource_name="company-products/stream/2026-01-01T00:00:00.000",
        ),
    ),
    functions=FunctionSettings(log_retention=RetentionDays.ONE_YEAR, memory_size=1024),
)
cart = ShoppingCart(stack, "Cart", catalog=catalog)
OrderProcessing(stack, "Orders", catalog=catalog, store=cart.store, default_language="zh")

shop = ServerlessShop(
    stack,
    "Outlet",
    shop_name="Outlet",
    currency="EUR",
    languages=["zh", "en"],
    contact=ShopContact(email="help@example.com", phone="+31 20 123 4567"),
    images=photos,
    encryption_key=key,
    mail=MailTransport.smtp(
        host="smtp.example.com",
        from_="outlet@example.com",
        secret=Secret.from_secret_name_v2(stack, "MailLogin", "company/smtp"),
    ),
)
shop.on_event(ShopEvent.ORDER_PLACED, SqsQueue(Queue(stack, "Warehouse", enforce_ssl=True)))

MlInferenceFunction(
    stack,
    "Styles",
    model=InferenceModel.from_endpoint_name("company-styles", timeout=Duration.seconds(5), max_retries=1),
    labels=["casual", "formal", "sport"],
    top=1,
    threshold=0.6,
    source=BucketLocation(bucket=uploads, prefix="photos/"),
    output=BucketLocation(bucket=media, prefix="styles/"),
)

GlueAnalyticsJob(
    stack,
    "Statistics",
    source=AnalyticsSource(
        bucket=uploads,
        prefix="sales/",
        column_names=AnalyticsSourceColumns(invoice="Order", unit_price="Price"),
    ),
    output=BucketLocation(bucket=media, prefix="statistics/"),
    worker_type=AnalyticsWorkerType.G_1_X,
    number_of_workers=3,
    timeout=Duration.minutes(30),
    encryption_key=key,
)

app.synth()
