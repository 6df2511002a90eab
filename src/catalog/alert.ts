import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'alert.firing': {
    description: 'People are to be told that an alert fires: for the first time, or again.',
    measurements: {
      value: ['various', 'What was measured, in `unit`; 1 where an event is all there is to measure.'],
      threshold: ['various', 'What it was compared with, in the same unit.'],
      occurrences: ['count', 'Evaluations beyond the limit, or events, since the alert began.'],
      suppressed: ['count', 'Occurrences since the last notification that nobody was told of.'],
      'degradation_factor?': [
        'various',
        'How many times the threshold `value` is, of the kind `performance_degradation`.',
      ],
    },
    metadata: {
      alert_id: ['string', 'The same for one rule and one set of tags, across restarts too.'],
      rule: ['string', 'The name of the rule.'],
      kind: ['string', 'Such as threshold, error_rate, performance_degradation.'],
      severity: [['critical', 'high', 'medium', 'low'], 'Of the rule.'],
      message: ['string', 'For people.'],
      tags: ['unknown', 'An object of strings: the tags of the rule’s `by`.'],
      reason: ['string', 'Why it is told now, or why it is not: first, repeat, min_interval, silenced and so on.'],
      started_at: ['number', 'When the alert began, in milliseconds since the epoch.'],
      unit: ['string', 'Of `value` and `threshold`.'],
      group: ['string', 'The group it is told of in.'],
      notification_id: ['string', 'The same for all alerts of one group that are told of together.'],
      'suppressed_first?': ['number', 'Time of the first suppressed occurrence, in milliseconds since the epoch.'],
      'suppressed_last?': ['number', 'Time of the last one.'],
    },
  },
  'alert.resolved': {
    description: 'People are to be told that an alert of which they know is over.',
    measurements: {
      value: ['various', 'What was measured, in `unit`; 1 where an event is all there is to measure.'],
      threshold: ['various', 'What it was compared with, in the same unit.'],
      occurrences: ['count', 'Evaluations beyond the limit, or events, since the alert began.'],
      suppressed: ['count', 'Occurrences since the last notification that nobody was told of.'],
      'degradation_factor?': [
        'various',
        'How many times the threshold `value` is, of the kind `performance_degradation`.',
      ],
    },
    metadata: {
      alert_id: ['string', 'The same for one rule and one set of tags, across restarts too.'],
      rule: ['string', 'The name of the rule.'],
      kind: ['string', 'Such as threshold, error_rate, performance_degradation.'],
      severity: [['critical', 'high', 'medium', 'low'], 'Of the rule.'],
      message: ['string', 'For people.'],
      tags: ['unknown', 'An object of strings: the tags of the rule’s `by`.'],
      reason: ['string', 'Why it is told now, or why it is not: first, repeat, min_interval, silenced and so on.'],
      started_at: ['number', 'When the alert began, in milliseconds since the epoch.'],
      unit: ['string', 'Of `value` and `threshold`.'],
      group: ['string', 'The group it is told of in.'],
      notification_id: ['string', 'The same for all alerts of one group that are told of together.'],
      'suppressed_first?': ['number', 'Time of the first suppressed occurrence, in milliseconds since the epoch.'],
      'suppressed_last?': ['number', 'Time of the last one.'],
      ended_at: ['number', 'When it ended, in milliseconds since the epoch.'],
    },
  },
  'alert.suppressed': {
    description: 'An occurrence of an alert, or its end, that nobody is told of; the next notification says how many.',
    measurements: {
      value: ['various', 'What was measured, in `unit`; 1 where an event is all there is to measure.'],
      threshold: ['various', 'What it was compared with, in the same unit.'],
      occurrences: ['count', 'Evaluations beyond the limit, or events, since the alert began.'],
      suppressed: ['count', 'Occurrences since the last notification that nobody was told of.'],
      'degradation_factor?': [
        'various',
        'How many times the threshold `value` is, of the kind `performance_degradation`.',
      ],
    },
    metadata: {
      alert_id: ['string', 'The same for one rule and one set of tags, across restarts too.'],
      rule: ['string', 'The name of the rule.'],
      kind: ['string', 'Such as threshold, error_rate, performance_degradation.'],
      severity: [['critical', 'high', 'medium', 'low'], 'Of the rule.'],
      message: ['string', 'For people.'],
      tags: ['unknown', 'An object of strings: the tags of the rule’s `by`.'],
      reason: ['string', 'Why it is told now, or why it is not: first, repeat, min_interval, silenced and so on.'],
      started_at: ['number', 'When the alert began, in milliseconds since the epoch.'],
      unit: ['string', 'Of `value` and `threshold`.'],
      group: ['string', 'The group it is told of in.'],
    },
  },
  'alert.acknowledged': {
    description: 'Somebody has taken an alert on; it is not repeated any more.',
    measurements: {},
    metadata: {
      alert_id: ['string', 'The id of the alert.'],
      rule: ['string', 'The name of the rule.'],
      'by?': ['string', 'Who.', 'internal'],
    },
  },
  'alert.rule_failed': {
    description: 'A rule could not be evaluated; the others are. At most one event a minute and rule.',
    measurements: { failures: ['count', 'Failures of the rule since the last such event.'] },
    metadata: {
      rule: ['string', 'The name of the rule.'],
      reason: ['unknown', 'The thrown value itself.', 'internal'],
    },
  },
  'notification.queued': {
    description: 'A destination has taken a notification and will make it durable.',
    measurements: {},
    metadata: {
      destination: ['string', 'The handler, such as slack.'],
      notification_id: ['string', 'The id of the notification.'],
    },
  },
  'notification.stored': {
    description: 'A notification that was queued will survive the process, or never needs to.',
    measurements: {},
    metadata: {
      destination: ['string', 'The handler, such as slack.'],
      notification_id: ['string', 'The id of the notification.'],
      where: [['disk', 'memory', 'settled'], '`memory`: the disk refuses it. `settled`: delivered or dropped before.'],
    },
  },
  'notification.{}': {
    description:
      'An attempt to deliver a notification. `stop` means that the receiver has taken it; at `exception` the `reason` is a few words.',
    start: {
      measurements: { attempt: ['count', '1 for the first.'] },
      metadata: {
        destination: ['string', 'The handler, such as slack.'],
        alert_id: ['string', 'The first alert in it.'],
        notification_id: ['string', 'The same at every attempt and after a restart.'],
      },
    },
    end: {
      measurements: {
        attempt: ['count', 'The same.'],
        ended_at: ['millisecond', 'Wall clock at the end, since the epoch.'],
      },
      metadata: { 'status?': ['number', 'What the receiver answered.'] },
    },
  },
  'notification.disabled': {
    description: 'A receiver wants no more (410): nothing is sent to it until the handler is attached anew.',
    measurements: {},
    metadata: {
      destination: ['string', 'The handler, such as slack.'],
      reason: ['string', 'What it said, in a few words.'],
    },
  },
} as const

/** What the alerts handler tells, and what becomes of it on its way to people. */
export const alertEvents: EventCatalog<'telemetry', typeof definitions> = defineEvents('telemetry', definitions)

export type AlertEvents = EventsOf<typeof alertEvents>
