import { EdgeError, messageOf } from '../../errors.js';
import { openApi } from './api.js';
import { edgeError, Refused } from './errors.js';

/** A log larger than this is not read. Bytes. */
const FILE_BYTES = 100 * 1024 * 1024;
const WHAT = 'Mattermost does not give me the file';

/**
 * Streams a file that somebody shared.
 *
 * Errors: `file-unreadable`: it is gone, or in a channel that the bot is not in; `mattermost-failed`, with `retry`,
 * when the server does not answer, also in the middle.
 */
export async function* openMattermostFile(
  fileId: string,
  url: string,
  token: string,
  ca?: string,
): AsyncGenerator<Buffer> {
  const api = openApi(url, token, ca);
  let size = 0;
  try {
    for await (const chunk of await api.download(`/files/${encodeURIComponent(fileId)}`)) {
      size += chunk.length;
      if (size > FILE_BYTES) throw unreadable(`it is larger than ${FILE_BYTES / 1024 / 1024} MB`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Refused && [401, 403, 404].includes(error.status)) throw unreadable(messageOf(error));
    throw edgeError(error, WHAT);
  } finally {
    await api.close();
  }
}

function unreadable(why: string): EdgeError {
  return new EdgeError({
    part: 'mattermost',
    code: 'file-unreadable',
    forPerson: {
      what: 'I can’t read the file',
      why,
      next: 'send it to me as a direct message, or paste the last lines of the log as text',
    },
  });
}
