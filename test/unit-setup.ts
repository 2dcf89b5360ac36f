// CDK captures a stack for much of what it makes, of a hundred calls in jest; ten, as in Node.js itself, are a fifth faster.
Error.stackTraceLimit = 10;
// Templates are looked at, not deployed: nothing needs copies of the assets beside them.
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-asset-staging': true });
