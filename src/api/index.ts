export { ServiceApi, type ServiceApiProps, type ServiceRoute } from './service-api';
