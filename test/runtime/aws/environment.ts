const TOUCHED = /^(AWS_|_X_AMZN_)/;

/** Replaces every setting of AWS in the environment; gives back what was there after each test. */
export function useAwsEnvironment(settings: () => Record<string, string>): void {
  let before: Record<string, string | undefined>;
  beforeEach(() => {
    before = Object.fromEntries(Object.entries(process.env).filter(([name]) => TOUCHED.test(name)));
    setAwsEnvironment(settings());
  });
  afterEach(() => setAwsEnvironment(before));
}

export function setAwsEnvironment(settings: Record<string, string | undefined>): void {
  for (const name of Object.keys(process.env)) if (TOUCHED.test(name)) delete process.env[name];
  // Without these the SDK reads the developer's own files.
  Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
  Object.assign(process.env, settings);
}
