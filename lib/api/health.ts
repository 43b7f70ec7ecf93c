import 'server-only';
import { server, startupProblem } from '#lib/wiring/server.ts';

/**
 * `live`: the process answers. `ready`: the database answers too. Anything else is 404.
 */
export async function probe(name: string): Promise<Response> {
  if (name === 'live') return Response.json({ status: 'live' });
  if (name !== 'ready') return Response.json({ status: 'unknown probe' }, { status: 404 });
  const problem = startupProblem();
  if (problem !== undefined)
    return Response.json({ status: 'not ready', detail: problem }, { status: 503 });
  try {
    await (await server()).store.ping();
    return Response.json({ status: 'ready' });
  } catch (error) {
    return Response.json(
      { status: 'not ready', detail: (error as Error).message },
      { status: 503 },
    );
  }
}
