import fc from 'fast-check';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { incidentOf, type Sighting } from '../../src/incidents/incident.js';
import { incidentNote } from '../../src/incidents/report.js';
import { signatureOf } from '../../src/incidents/signature.js';

const failed = (project: string, host: string, job: number) =>
  diagnose(
    [
      `$ docker push ${host}/${project}:v${job}`,
      `The push refers to repository [${host}/${project}]`,
      `received unexpected HTTP status: 502 Bad Gateway`,
    ].join('\n'),
  );

describe('the signature of a failure', () => {
  test('is the same in another project, on another host, at another time', () => {
    expect(signatureOf(failed('shop/api', 'r.example.com', 1))).toBe(
      signatureOf(failed('web/ui/app', '10.0.0.5:5050', 977)),
    );
    const refused = (address: string, port: number) =>
      signatureOf(
        diagnose(
          `Error response from daemon: Get "https://${address}/v2/": dial tcp 10.0.0.${port}:443: connect: connection refused`,
        ),
      );
    expect(refused('registry.example.com', 1)).toBe(refused('r2.example.org', 9));
  });

  test('differs where the failure does', () => {
    expect(signatureOf(failed('shop/api', 'r.example.com', 1))).not.toBe(
      signatureOf(diagnose('$ docker push r.example.com/shop/api\ndenied: access forbidden')),
    );
  });

  test('there is none where no registry failed', () => {
    expect(
      signatureOf(diagnose('$ cargo build\nerror[E0308]: mismatched types\nERROR: Job failed: exit code 101')),
    ).toBeUndefined();
    expect(signatureOf(diagnose('hello'))).toBeUndefined();
  });

  test('holds no name and no secret of the line, whatever stands in it', () => {
    const name = fc.stringMatching(/^[a-z]{3,12}\/[a-z]{3,12}$/);
    fc.assert(
      fc.property(name, (project) => {
        const words = signatureOf({
          ...failed('a/b', 'r.example.com', 1),
          facts: { failure: `denied: ${project} "${project}"` } as never,
        });
        return words !== undefined && !words.includes(project);
      }),
    );
  });
});

const MINUTE = 60_000;
const threshold = { projects: 3, minutes: 30 };
const at = (project: string, first: number, last = first): Sighting => ({
  project,
  first: first * MINUTE,
  last: last * MINUTE,
});

describe('an incident', () => {
  test('is enough projects within the time', () => {
    expect(incidentOf([at('a', 100), at('b', 110)], threshold, 111 * MINUTE)).toBeUndefined();
    expect(incidentOf([at('a', 100), at('c', 111), at('b', 110)], threshold, 111 * MINUTE)).toEqual({
      projects: ['a', 'b', 'c'],
      since: 100 * MINUTE,
    });
  });

  test('is not made of what is long past', () => {
    expect(incidentOf([at('a', 10), at('b', 110), at('c', 111)], threshold, 111 * MINUTE)).toBeUndefined();
  });

  test('begins with what was seen within the time, not with the first time ever', () => {
    const found = incidentOf([at('a', 1, 105), at('b', 110), at('c', 111)], threshold, 111 * MINUTE);
    expect(found?.since).toBe(105 * MINUTE);
  });

  test('stays open, and keeps its beginning', () => {
    const open = { id: 'x', since: 100 * MINUTE };
    expect(incidentOf([at('a', 100), at('d', 170)], threshold, 170 * MINUTE, open)).toEqual({
      projects: ['a', 'd'],
      since: open.since,
    });
  });
});

test('everybody reads how many others there are, and since when; nobody reads their names', () => {
  const incident = { id: 'x', since: Date.UTC(2026, 0, 1, 10, 2), projects: ['a', 'b', 'c'] };
  expect(incidentNote(incident, 'a')).toBe('also in 2 other projects since 10:02 UTC: not your change');
  expect(incidentNote({ ...incident, projects: ['a'] }, 'a')).toBeUndefined();
});
