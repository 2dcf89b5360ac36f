import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import openApi from '../../../assets/openapi.json';
import { settings } from '../../runtime/entry';
import { API_ENV } from '../contract';
import { documentOf } from '../domain/api-document';

const env = settings([API_ENV.NAME, API_ENV.OPERATIONS]);
const deployed = JSON.stringify(
  documentOf(openApi, new Set(env[API_ENV.OPERATIONS].split(',')), env[API_ENV.NAME]),
);

export async function handler({ routeKey }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  if (routeKey.endsWith('/openapi.json')) {
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
      body: deployed,
    };
  }
  return {
    statusCode: 404,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'route_not_found',
      detail: 'There is no such operation. GET /v1/openapi.json lists those there are.',
    }),
  };
}
