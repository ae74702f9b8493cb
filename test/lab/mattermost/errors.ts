/** What the server answers a failed call with: clients branch on `id`. */
export class AppError extends Error {
  readonly status: number;
  readonly id: string;
  constructor(status: number, id: string, message: string = id) {
    super(message);
    this.status = status;
    this.id = id;
  }
}

export const forbidden = (): AppError =>
  new AppError(403, 'api.context.permissions.app_error', 'You do not have the appropriate permissions.');

export const badBody = (name: string): AppError =>
  new AppError(400, 'api.context.invalid_body_param.app_error', `Invalid or missing ${name} in request body.`);

export const badUrl = (name: string): AppError =>
  new AppError(400, 'api.context.invalid_url_param.app_error', `Invalid or missing ${name} parameter in request URL.`);

export const badParam = (name: string): AppError =>
  new AppError(400, 'api.context.invalid_param.app_error', `Invalid ${name} parameter.`);

export const expired = (): AppError =>
  new AppError(401, 'api.context.session_expired.app_error', 'Invalid or expired session, please login again.');

export const noUser = (): AppError => new AppError(404, 'app.user.missing_account.const', 'Unable to find the user.');

export const noChannel = (): AppError =>
  new AppError(404, 'app.channel.get.existing.app_error', 'Unable to find the existing channel.');

export const noTeam = (): AppError => new AppError(404, 'app.team.get.find.app_error', 'Unable to find the team.');

export const noPost = (): AppError => new AppError(404, 'app.post.get.app_error', 'Unable to get the post.');
