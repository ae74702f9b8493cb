import { failureOf } from './failure.js';
import {
  cluster,
  consumer,
  entry,
  fresh,
  HOST,
  held,
  hub,
  old,
  open,
  put,
  UPDATE,
  USER,
  useCluster,
  written,
} from './kubernetes-bench.js';

useCluster();

describe('write', () => {
  test('changes the entry of our host, and nothing else', async () => {
    const annotations = { 'example.com/why': 'pulls' };
    put({ hub, [HOST]: entry(old) }, { labels: { team: 'shop' }, annotations });
    const before = cluster.findSecret('shop', 'regcred');
    await consumer.write(fresh);
    expect(held()).toEqual({ hub, [HOST]: entry(fresh) });
    expect(cluster.findSecret('shop', 'regcred')).toEqual({
      ...before,
      metadata: { ...before?.metadata, resourceVersion: expect.anything() },
      data: expect.anything(),
    });
  });

  test('adds the entry where there is none, and keeps the secret’s other keys', async () => {
    const data = { '.dockerconfigjson': '{}', other: 'kept' };
    cluster.putSecret('shop', 'regcred', { data });
    await consumer.write(fresh);
    expect(held()).toEqual({ [HOST]: entry(fresh) });
    expect(cluster.valueOf('shop', 'regcred', 'other')).toBe('kept');
  });

  test('twice is once', async () => {
    await consumer.write(fresh);
    await consumer.write(fresh);
    expect(written()).toEqual([200]);
  });

  test('what somebody else writes in between stays: the secret is read anew', async () => {
    const update = cluster.delayNext(UPDATE);
    const done = consumer.write(fresh);
    await update.arrived;
    put({ hub: { auth: 'changed' }, [HOST]: entry(old) }, { labels: { team: 'other' } });
    update.release();
    await done;
    expect(written()).toEqual([409, 200]);
    expect(held()).toEqual({ hub: { auth: 'changed' }, [HOST]: entry(fresh) });
    expect(cluster.findSecret('shop', 'regcred')?.metadata.labels).toEqual({ team: 'other' });
  });

  test('a secret that changes again and again is left for later', async () => {
    const conflict = { body: JSON.stringify({ kind: 'Status', message: 'modified', code: 409 }) };
    cluster.fail(UPDATE, 409, 5, conflict);
    const failure = await failureOf(consumer.write(fresh));
    expect(failure).toMatchObject({ part: 'outside', code: 'outside-failed', retry: { afterMs: expect.any(Number) } });
    await consumer.write(fresh);
    expect(held()[HOST]).toEqual(entry(fresh));
  });

  test('an answer that was lost: the write is asked for again', async () => {
    cluster.cutAfter(UPDATE);
    expect(await failureOf(consumer.write(fresh))).toMatchObject({ retry: { afterMs: expect.any(Number) } });
    expect(await consumer.holds(fresh)).toBe(true);
    await consumer.write(fresh);
    expect(written()).toEqual([0]);
  });
});

describe('holds', () => {
  test('the login that is there, and no other', async () => {
    expect(await consumer.holds(old)).toBe(true);
    expect(await consumer.holds(fresh)).toBe(false);
    expect(await consumer.holds({ ...old, username: 'somebody' })).toBe(false);
    put({ hub });
    expect(await consumer.holds(old)).toBe(false);
  });
});

describe('restore', () => {
  test('gives back what was read, also by another process', async () => {
    const before = await consumer.read();
    await consumer.write(fresh);
    expect(await open().restore(before, undefined)).toBe(true);
    expect(await open().restore(before, undefined)).toBe(true);
    expect(held()).toEqual({ hub, [HOST]: entry(old) });
  });

  test('an entry that was not there goes', async () => {
    put({ hub });
    const before = await consumer.read();
    await consumer.write(fresh);
    await consumer.restore(before, old);
    expect(held()).toEqual({ hub });
  });

  test('what others changed meanwhile stays', async () => {
    const before = await consumer.read();
    put({ hub: { auth: 'changed' }, added: {}, [HOST]: entry(fresh) });
    await consumer.restore(before, undefined);
    expect(held()).toEqual({ hub: { auth: 'changed' }, added: {}, [HOST]: entry(old) });
  });

  test('of nothing read, the old login; of neither, nothing', async () => {
    await consumer.write(fresh);
    expect(await consumer.restore(undefined, undefined)).toBe(false);
    expect(await consumer.holds(fresh)).toBe(true);
    expect(await consumer.restore(undefined, old)).toBe(true);
    expect(await consumer.holds(old)).toBe(true);
  });
});

describe('check', () => {
  test('says what is there, and changes nothing', async () => {
    expect(await consumer.check()).toBe(`it may be read and updated; it has an entry for ${HOST}`);
    put({ hub });
    expect(await consumer.check()).toBe(`it may be read and updated; it has no entry for ${HOST}`);
    expect(written()).toEqual([]);
  });

  test.each([
    [['get'], 'it lacks the right to update'],
    [['update'], 'it lacks the right to get'],
    [[], 'it lacks the right to get and update'],
  ] as const)('a token that may only %j', async (verbs, why) => {
    cluster.addAccount('other', USER, { namespace: 'shop', verbs });
    const { forPerson } = await failureOf(open({}, 'other').check());
    expect(forPerson).toMatchObject({ why, next: expect.stringContaining('--serviceaccount=shop:registrar') });
  });

  test('a cluster that does not tell whose token it is', async () => {
    cluster.tellsUsers = false;
    cluster.addAccount('other', USER);
    expect((await failureOf(open({}, 'other').check())).forPerson.next).toContain('--user=USER');
  });
});
