// CDK captures a stack for much of what it makes, of a hundred calls in jest; ten, as in Node.js itself, are a fifth faster.
Error.stackTraceLimit = 10;
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({
  // Templates are looked at, not deployed: nothing needs copies of the assets beside them,
  'aws:cdk:disable-asset-staging': true,
  // nor, beside the template, which line made a resource and what it is called.
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:disable-logicalId-metadata': true,
});
