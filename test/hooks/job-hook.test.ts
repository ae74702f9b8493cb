import fc from 'fast-check';
import { channelOf } from '../../src/hooks/channels.js';
import { readHook } from '../../src/hooks/job-hook.js';

const HOOK = {
  object_kind: 'build',
  build_id: 4711,
  build_name: 'push',
  build_status: 'failed',
  build_failure_reason: 'script_failure',
  pipeline_id: 3,
  ref: 'main',
  user: { name: 'Ana', username: 'ana' },
  project: { path_with_namespace: 'shop/api' },
};
const read = (more: object = {}) => readHook(JSON.stringify({ ...HOOK, ...more }));

test('a failed job is told by its number and project', () => {
  expect(read()).toEqual({ is: 'failed-job', job: { id: 4711, project: 'shop/api' } });
});

test.each(['created', 'pending', 'running', 'success', 'canceled', 'skipped'])('%s is no failure', (build_status) => {
  // The reason of a failure is sent without one as well.
  expect(read({ build_status })).toEqual({ is: 'nothing', why: `the job is ${build_status}` });
});

test('another event is understood, and nothing to do', () => {
  expect(readHook('{"object_kind":"pipeline"}')).toEqual({ is: 'nothing', why: 'a pipeline is no job' });
});

test.each(['', '[]', 'null', '{', '{"object_kind":7}', JSON.stringify({ ...HOOK, build_id: 'x' })])(
  'what is no event of GitLab: %j',
  (body) => {
    expect(readHook(body)).toEqual({ is: 'not-understood' });
  },
);

test('a project path that climbs is not understood', () => {
  expect(read({ project: { path_with_namespace: '../../admin' } })).toEqual({ is: 'not-understood' });
});

test('never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => readHook(body).is !== undefined));
});

describe('the channel of a project', () => {
  const channels = [
    { project: 'shop', slack: 'CSHOP' },
    { project: 'shop/api', slack: 'CAPI' },
  ];
  test.each([
    ['shop/api', 'CAPI'],
    ['Shop/API', 'CAPI'],
    ['shop/api/worker', 'CAPI'],
    ['shop/web', 'CSHOP'],
    ['shopping/web', undefined],
    ['other/x', undefined],
  ])('%s', (project, channel) => {
    expect(channelOf(project, { hook: { secret: 'env:X' as never, channels } })?.channel).toBe(channel);
  });

  test('there is none without a hook', () => {
    expect(channelOf('shop/api', {})).toBeUndefined();
  });
});
