import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import openApi from '../../../assets/openapi.json';
import { settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { API_ENV } from '../contract';
import { documentOf } from '../domain/api-document';

const env = settings([API_ENV.NAME, API_ENV.OPERATIONS]);
const deployed = JSON.stringify(documentOf(openApi, new Set(env[API_ENV.OPERATIONS].split(',')), env[API_ENV.NAME]));

const notFound = httpHandler({}, {});

export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (!event.routeKey.endsWith('/openapi.json')) return notFound(event, context);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    body: deployed,
  };
}
