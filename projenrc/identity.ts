/** Who makes the library and where it lives: the one place where both are named. */
export const author = {
  author: 'cdk-serverless-shop contributors',
  authorAddress: 'cdk-serverless-shop@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk-serverless-shop/cdk-serverless-shop.git',
};

/** What it is called on each registry. */
export const identity = {
  name: 'cdk-serverless-shop',
  description: 'A whole serverless shop, or any part of it, as constructs for the AWS CDK',
  keywords: ['aws', 'cdk', 'serverless', 'e-commerce', 'shop', 'lambda', 'step-functions', 'glue', 'sagemaker'],
  license: 'Apache-2.0',
  publishToPypi: { distName: 'cdk-serverless-shop', module: 'cdk_serverless_shop', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkserverlessshop',
    mavenGroupId: 'io.github.cdk-serverless-shop',
    mavenArtifactId: 'cdk-serverless-shop',
    mavenServerId: 'central-ossrh',
  },
  publishToGo: {
    moduleName: 'github.com/cdk-serverless-shop/cdk-serverless-shop-go',
    packageName: 'serverlessshop',
  },
  publishToNuget: {
    packageId: 'CdkServerlessShop',
    dotNetNamespace: 'CdkServerlessShop',
    trustedPublishing: true,
  },
};
