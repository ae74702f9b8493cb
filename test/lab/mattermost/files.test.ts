import { client } from './client.js';
import { type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost(options);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna' });
  mm.join(bot, ops);
  mm.join(anna, ops);
  const api = client(mm.url, bot.token);
  const upload = async (name: string, content: string | Buffer, channel = ops) => {
    const got = await api('POST', `/files?channel_id=${channel.id}&filename=${name}`, content);
    return { ...got, file: (got.json.file_infos as { id: string }[] | undefined)?.[0]?.id ?? '' };
  };
  return { team, ops, bot, anna, api, upload };
}

afterEach(() => mm.stop());

describe('uploading', () => {
  test('a form names the channel before its files', async () => {
    const { api, ops } = await start();
    const form = new FormData();
    form.append('channel_id', ops.id);
    form.append('client_ids', 'c1');
    form.append('files', new Blob(['a log']), 'job.log');
    const got = await api('POST', '/files', form);
    expect(got).toMatchObject({
      status: 201,
      json: {
        file_infos: [{ name: 'job.log', extension: 'log', size: 5, mime_type: 'text/plain', has_preview_image: false }],
        client_ids: ['c1'],
      },
    });
    const late = new FormData();
    late.append('files', new Blob(['a log']), 'job.log');
    late.append('channel_id', ops.id);
    expect((await api('POST', '/files', late)).status).toBe(400);
  });

  test('a picture’s size is told', async () => {
    const { upload } = await start();
    const png = Buffer.alloc(33);
    png.writeUInt32BE(640, 16);
    png.writeUInt32BE(480, 20);
    const { json } = await upload('chain.png', png);
    expect(json.file_infos).toMatchObject([
      { width: 640, height: 480, mime_type: 'image/png', has_preview_image: true },
    ]);
  });

  test('too large, switched off, or into a channel of others it is refused', async () => {
    const { upload, team } = await start({ settings: { MaxFileSize: 4 } });
    expect(await upload('a.txt', '12345')).toMatchObject({
      status: 413,
      id: 'api.file.upload_file.too_large_detailed.app_error',
    });
    expect(await upload('a.txt', '1', mm.addChannel(team, 'other'))).toMatchObject({ status: 403 });
    mm.settings.EnableFileAttachments = false;
    expect(await upload('a.txt', '1')).toMatchObject({ status: 403, id: 'api.file.attachments.disabled.app_error' });
  });

  test('a file larger than any JSON body may be', async () => {
    const { upload } = await start();
    expect((await upload('big.log', 'x'.repeat(400_000))).status).toBe(201);
  });
});

describe('in a post', () => {
  test('what is foreign, used or unknown is dropped without a word', async () => {
    const { api, upload, ops, anna, team, bot } = await start();
    const { file } = await upload('job.log', 'x');
    const hers = await anna.posts('look', ops, { files: [{ name: 'hers.log', content: 'y' }] });
    const other = mm.addChannel(team, 'other');
    mm.join(bot, other);
    const elsewhere = await upload('there.log', 'z', other);
    const file_ids = [file, hers.file_ids[0], elsewhere.file, 'a'.repeat(26)];
    const post = () => api('POST', '/posts', { channel_id: ops.id, message: 'log', file_ids });
    expect(await post()).toMatchObject({
      status: 201,
      json: { file_ids: [file], metadata: { files: [{ id: file }] } },
    });
    expect((await post()).json.file_ids).toEqual([]);
  });
});

describe('downloading', () => {
  test('whoever reads the channel gets it with their token, in parts if they like', async () => {
    const { api, anna, ops } = await start();
    const post = await anna.posts('see', ops, { files: [{ name: 'job.log', content: '0123456789' }] });
    const id = post.file_ids[0];
    const whole = await api('GET', `/files/${id}`);
    expect(whole.text).toBe('0123456789');
    expect(whole.headers.get('content-disposition')).toContain('attachment');
    const headers = { authorization: `Bearer ${anna.token}`, range: 'bytes=2-4' };
    const part = await fetch(`${mm.url}/api/v4/files/${id}`, { headers });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    expect((await api('GET', `/files/${id}/info`)).json).toMatchObject({ name: 'job.log', post_id: post.id });
    expect((await api('GET', `/posts/${post.id}/files/info`)).json.list).toMatchObject([{ id }]);
    const stranger = client(mm.url, mm.addBot('stranger').token);
    expect((await stranger('GET', `/files/${id}`)).status).toBe(403);
    expect((await api('GET', `/files/${'a'.repeat(26)}`)).status).toBe(404);
  });
});
