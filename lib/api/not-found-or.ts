import { notFound } from 'next/navigation';
import { HttpError } from './route.ts';

/**
 * What a page is about, once it has been read. What does not exist answers with the page for it and the
 * status 404; any other failure is undefined and left to the browser, which asks again and shows the cause.
 */
export async function notFoundOr<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) notFound();
    return undefined;
  }
}
