export {
  type CustomMailTransportOptions,
  MailTransport,
  type SesMailTransportOptions,
  type SmtpMailTransportOptions,
} from './mail-transport';
export { Notifications, type NotificationsProps } from './notifications';
