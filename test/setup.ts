// CDK's template validator costs seconds in every file; test/templates/strict.e2e.test.ts runs with it on.
process.env.CDK_VALIDATION ??= 'false';
// The CDK's own TableV2 warns of a deprecated property that it sets itself.
process.env.JSII_DEPRECATED = 'quiet';
