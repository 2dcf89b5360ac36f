process.env.CDK_VALIDATION = 'false'; // CDK's template validator costs seconds per file; test/strict.test.ts runs with it on.
