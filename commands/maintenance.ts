import { z } from 'zod';
import type { Command, Outcome } from '../src/chat/command.js';
import { InstanceName } from '../src/chat/instance-name.js';
import type { ChatAction } from '../src/chat/request.js';

const USE_BY_MS = 600_000;

const MINUTES = { m: 1, h: 60, d: 1440 } as const;
const Span = z
  .string()
  .regex(/^\d{1,4}[mhd]$/, 'a time such as 30m, 2h or 1d')
  .transform((text) => Number(text.slice(0, -1)) * MINUTES[text.slice(-1) as keyof typeof MINUTES])
  .refine((minutes) => minutes >= 1 && minutes <= 7 * 1440, 'a time of seven days at most');

const Args = z.union(
  [
    z.tuple([InstanceName, z.literal('end')]).transform(([instance]) => ({ instance, end: true as const })),
    z
      .tuple([InstanceName, Span, z.string()], z.string())
      .transform(([instance, minutes, ...reason]) => ({ instance, minutes, reason: reason.join(' ').slice(0, 300) })),
  ],
  {
    error:
      'it takes an instance, a time such as 30m, 2h or 1d (seven days at most), and the reason; or an instance and end',
  },
);

/**
 * `/registry maintenance INSTANCE TIME REASON`: for so long nobody is told what breaks there. Whoever is known may. What
 * is pressed under an incident is taken here, too.
 */
export const maintenance = {
  name: 'maintenance',
  usage: 'INSTANCE 2h REASON',
  needs: 'identity',
  summary: 'tell nobody of an instance for a while; INSTANCE end ends it early',
  args: Args,
  run: (asked): Outcome =>
    'end' in asked
      ? attend({ task: 'maintenance-end', instance: asked.instance })
      : attend({ task: 'maintenance', ...asked }),
  actions: {
    'watch-mine': (action) => ofIncident('mine', action),
    'watch-silence': (action) => ofIncident('silence', action),
  },
  examples: [
    { says: 'maintenance main 2h moving the disk', queues: 'attend' },
    { says: 'maintenance main end', queues: 'attend' },
    { says: 'maintenance main 2h', answers: 'the reason' },
    { says: 'maintenance main 900d never again', answers: 'seven days' },
  ],
} as const satisfies Command<typeof Args>;

type Data = Extract<Outcome, { queue: 'attend' }>['data'];

function attend(data: Data): Outcome {
  return { is: 'job', queue: 'attend', data, useByMs: USE_BY_MS };
}

function ofIncident(task: 'mine' | 'silence', { value }: ChatAction): Outcome {
  const [instance = '', incident = ''] = value.split(' ');
  return attend({ task, instance, incident });
}
