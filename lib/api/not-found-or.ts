import { notFound } from 'next/navigation';
import { HttpError } from './route.ts';

/**
 * Waits until what a page is about has been read. What does not exist answers with the page for it and
 * the status 404; any other failure is left to the browser, which asks again and shows the cause.
 */
export async function notFoundOr(read: Promise<unknown>): Promise<void> {
  const failure = await read.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof HttpError && failure.status === 404) notFound();
}
