import fc from 'fast-check';
import { cleanLine } from '../../../src/diagnosis/reading/clean.js';

describe('a raw line becomes what a person saw', () => {
  test.each([
    ['colours', '\u001b[0;31mERROR\u001b[0m: denied', 'ERROR: denied'],
    ['a link of the terminal', '\u001b]8;;https://a\u0007text\u001b]8;;\u0007', 'text'],
    ['GitLab’s echo of a command', '\u001b[32;1m$ docker push a\u001b[0;m', '$ docker push a'],
    ['section markers', 'section_start:1600000000:build_script\r\u001b[0K$ make', '$ make'],
    ['the last state of a progress bar', 'Pushing 10%\rPushing 90%\rdenied: no', 'denied: no'],
    ['a Windows line end', 'denied: no\r', 'denied: no'],
    ['GitHub’s time stamp', '2024-05-22T12:00:00.1234567Z denied: no', 'denied: no'],
    ['GitLab’s time stamp with its stream', '2024-05-22T12:00:00.123456Z 01O denied: no', 'denied: no'],
    ['Jenkins’ time stamp', '[2024-05-22T12:00:00.123Z] denied: no', 'denied: no'],
    [
      'CodeBuild’s prefix',
      '[Container] 2024/03/27 12:58:52.123 Running command docker push X',
      'Running command docker push X',
    ],
    ['Jenkins’ time of day', '11:40:09  + podman push a', '+ podman push a'],
    ['a script’s own time stamps', '[2025-02-03 02:00:02] denied: no', 'denied: no'],
    ['`gh run view --log`', 'build\tPush\t2024-05-22T12:00:00.1234567Z denied: no', 'denied: no'],
    ['Cloud Build’s step', 'Step #2 - "Push": denied: no', 'denied: no'],
    ['Tekton’s task and step', '[publish : ko] denied: no', 'denied: no'],
    ['Woodpecker’s line and time', '[push:L12:3s] denied: no', 'denied: no'],
    ['a journal’s host and process', '2024-05-22T12:00:00+0200 ci1 dockerd[812]: denied: no', 'denied: no'],
    ['Bamboo’s kind and time', 'error\t14-May-2025 16:04:10\tdenied: no', 'denied: no'],
    ['TeamCity’s step', '[10:20:32]W:\t [Step 2/3] denied: no', 'denied: no'],
    ['the time of Go’s logger', '2024/05/22 12:00:00 denied: no', 'denied: no'],
    ['the time of a web server’s log', '22/May/2024:12:00:00 +0000 denied: no', 'denied: no'],
    ['`kubectl logs --prefix`', '[pod/build-x1/kaniko] denied: no', 'denied: no'],
    ['colours in rsyslog’s octal', '#033[1;35mdenied: no#033[0m', 'denied: no'],
    ['what a chat escaped', '&gt; a &amp;&amp; b &lt;c&gt;', 'a && b <c>'],
    ['JSON with an object for the error', '{"severity":"ERROR","error":{"message":"denied: no"}}', 'ERROR denied: no'],
    ['quote marks', '> > denied: no', 'denied: no'],
    ['JSON', '{"level":"error","msg":"denied: no","time":"x"}', 'error denied: no'],
    ['logrus', 'time="x" level=fatal msg="Error: \\"denied\\""', 'time="x" level=fatal msg="Error: "denied""'],
    ['what is no time stamp', '2024-05-22 is a date', '2024-05-22 is a date'],
  ])('%s', (_, raw, seen) => {
    expect(cleanLine(raw)).toBe(seen);
  });

  test('never throws, and leaves no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (raw) => {
        expect(cleanLine(raw.replaceAll('\n', ''))).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
      }),
    );
  });
});
