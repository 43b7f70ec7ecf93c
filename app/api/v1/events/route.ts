import { eventStream } from '#lib/api/events.ts';
import { streamRoute } from '#lib/api/route.ts';

/** `GET /api/v1/events`: what a page must read again, as server-sent events. */
export const GET = streamRoute({ handle: ({ request }) => eventStream(request) });
