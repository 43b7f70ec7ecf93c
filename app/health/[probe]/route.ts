import { probe } from '#lib/api/health.ts';

export const dynamic = 'force-dynamic';

/** `GET /health/live` and `/health/ready`. */
export const GET = async (_: Request, { params }: { params: Promise<{ probe: string }> }) =>
  probe((await params).probe);
