import { systemClock } from '../../runtime/clock';
import { sageMakerRuntime, settings } from '../../runtime/entry';
import { EndpointModel } from '../adapters/endpoint-model';
import { type EndpointSettings, INFERENCE_ENV } from '../contract';
import { config, inferenceHandler } from './inference';

/** Until the connection to an endpoint stands. */
const CONNECT_MS = 1000;

const env = settings([INFERENCE_ENV.ENDPOINT]);

export const handler = inferenceHandler(
  new EndpointModel(
    // The model tries again by itself, within the deadline.
    sageMakerRuntime({ maxAttempts: 1, requestHandler: { connectionTimeout: CONNECT_MS } }),
    env[INFERENCE_ENV.ENDPOINT],
    { ...config, endpoint: config.endpoint as EndpointSettings },
    systemClock,
  ),
);
