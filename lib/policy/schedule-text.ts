const macros: Readonly<Record<string, string>> = {
  '@yearly': 'every year on 1 January at 00:00',
  '@annually': 'every year on 1 January at 00:00',
  '@monthly': 'on day 1 of every month at 00:00',
  '@weekly': 'on Sunday at 00:00',
  '@daily': 'every day at 00:00',
  '@midnight': 'every day at 00:00',
  '@hourly': 'every hour',
};

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * A schedule of a CronJob in words, as far as there are plain ones (`every day at 02:30`); any other is
 * repeated as it is written.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export function scheduleText(schedule: string): string {
  const [, zone, rest = ''] = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.*)$/s.exec(schedule.trim()) ?? [];
  const text = wordsOf(rest.trim()) ?? `by the schedule ${rest.trim().slice(0, 200)}`;
  return zone === undefined ? text : `${text} (${zone.slice(0, 60)})`;
}

const wordsOf = (rest: string): string | undefined =>
  Object.hasOwn(macros, rest) ? macros[rest] : fieldWords(rest);

function fieldWords(rest: string): string | undefined {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = rest.split(/\s+/);
  if (more.length > 0 || weekday === '' || month !== '*') return undefined;
  const everyDay = day === '*' && (weekday === '*' || weekday === '?');
  const withinDay = everyDay ? withinDays(minute, hour) : undefined;
  if (withinDay !== undefined) return withinDay;
  if (!isNumber(minute) || !isNumber(hour)) return undefined;
  const at = `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (everyDay) return `every day ${at}`;
  if (day === '*') return onDays(weekday, at);
  return weekday === '*' && isNumber(day) ? `on day ${day} of every month ${at}` : undefined;
}

function withinDays(minute: string, hour: string): string | undefined {
  if (hour === '*') return withinHours(minute);
  const every = stepOf(hour);
  return every !== undefined && isNumber(minute)
    ? `every ${every} hours at minute ${minute}`
    : undefined;
}

function withinHours(minute: string): string | undefined {
  if (minute === '*') return 'every minute';
  const every = stepOf(minute);
  if (every !== undefined) return `every ${every} minutes`;
  return isNumber(minute) ? `every hour at minute ${minute}` : undefined;
}

const isNumber = (text: string): boolean => /^\d{1,2}$/.test(text);
const stepOf = (text: string): string | undefined => /^\*\/(\d{1,2})$/.exec(text)?.[1];

function onDays(weekday: string, at: string): string | undefined {
  const range = weekday.split('-').map(dayOf);
  if (range.length === 2 && !range.includes(undefined)) return `${range.join(' to ')} ${at}`;
  const list = weekday.split(',').map(dayOf);
  return list.includes(undefined) ? undefined : `on ${list.join(', ')} ${at}`;
}

/** Days by number (0 and 7 are Sunday) or by their first three letters. */
const dayOf = (text: string): string | undefined =>
  /^[0-7]$/.test(text)
    ? days[Number(text) % 7]
    : days.find((day) => text.length === 3 && day.toLowerCase().startsWith(text.toLowerCase()));
