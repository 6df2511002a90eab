/** `sonde/notify`: telling people of alerts, whatever the way: what an alert is, and how notifications reach their destination. */
export { type Alert, labelsOf, type Notification, type Severity, severities, toSeverity } from './alert.ts'
export type { DeliverNotification, NotificationAttempt } from './delivery.ts'
export { compileMatchers, type Matchers, type Matches } from './matchers.ts'
export { createNotifier, type Destination, type NotifierAttachment } from './notifier.ts'
export { checkNotifierOptions, type NotifierOptions } from './options.ts'
export { alertId, readAlert } from './read-alert.ts'
