import { Refused } from '../../chat/mattermost/errors.js';
import { standingOf } from '../../chat/mattermost/standing.js';
import type { MattermostConfig } from '../../config/mattermost.js';
import type { ConfigSource } from '../../config/source.js';
import type { Finding } from '../finding.js';
import { judgeMattermost, mattermostRefuses } from '../mattermost.js';

export async function lookAtMattermost(mattermost: MattermostConfig, config: ConfigSource): Promise<Finding[]> {
  try {
    return judgeMattermost(await standingOf(mattermost, config.secret(mattermost.token)));
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    return [mattermostRefuses(mattermost.token, error.message)];
  }
}
