import { closeSync, openSync, writeSync } from 'node:fs';
import { CAUSES } from '../src/diagnosis/causes/index.js';

const CHUNK_BYTES = 1024 * 1024;
/** Of the lines, those that a failing client printed. */
const FAILURES = 0.0005;
const COLOURED = 0.05;
const BYTES_PER_MB = 1_000_000;

export interface GeneratedLog {
  bytes: number;
  lines: number;
  failureLines: number;
}

/**
 * Writes a CI log: what npm, pip, Maven, Gradle, apt and docker build print all day, and between it lines of the
 * catalogue's own examples, which real clients printed. The same size gives the same bytes. It ends in a failing job.
 */
export function writeLog(path: string, megabytes: number): GeneratedLog {
  const random = generator(20_260_805);
  const failures = CAUSES.flatMap(({ examples }) => examples.flatMap(({ log }) => log.split('\n'))).filter(
    (line) => line.trim() !== '' && !line.startsWith('$ '),
  );
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const file = openSync(path, 'w');
  const log = { bytes: 0, lines: 0, failureLines: 0 };
  try {
    let second = 0;
    while (log.bytes < megabytes * BYTES_PER_MB) {
      const chunk: string[] = [];
      for (let size = 0; size < CHUNK_BYTES; ) {
        const failing = random() < FAILURES;
        if (failing) log.failureLines++;
        if (random() < 0.02) second++;
        const text = (failing ? pick(failures) : pick(NOISE)?.(random, second)) ?? '';
        const coloured = random() < COLOURED ? `\u001b[32;1m${text}\u001b[0;m` : text;
        const line = `${stamp(second, random)}${coloured}\n`;
        chunk.push(line);
        size += line.length;
      }
      log.lines += chunk.length;
      log.bytes += writeSync(file, chunk.join(''));
    }
    log.bytes += writeSync(file, END);
    log.lines += END.split('\n').length - 1;
  } finally {
    closeSync(file);
  }
  return log;
}

const END = `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1
`;

type Random = () => number;

/** GitLab Runner's time stamp of a line (FF_TIMESTAMPS). */
function stamp(second: number, random: Random): string {
  const time = new Date(1_785_924_000_000 + second * 1000).toISOString().slice(0, 19);
  return `${time}.${String(Math.floor(random() * 1e6)).padStart(6, '0')}Z 01O `;
}

const NAMES = ['lodash', 'express', 'react-dom', 'left-pad', 'requests', 'numpy', 'guava', 'slf4j-api', 'zlib', 'curl'];
const FILES = ['src/api/orders.ts', 'src/main/java/shop/Cart.java', 'app/models/user.py', 'cmd/server/main.go'];

const int = (random: Random, below: number): number => Math.floor(random() * below);
const name = (random: Random): string => NAMES[int(random, NAMES.length)] ?? '';
const file = (random: Random): string => FILES[int(random, FILES.length)] ?? '';
const version = (random: Random): string => `${int(random, 20)}.${int(random, 40)}.${int(random, 10)}`;
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => int(random, 16).toString(16)).join('');

const NOISE: readonly ((random: Random, second: number) => string)[] = [
  (r) => `npm warn deprecated ${name(r)}@${version(r)}: This version is no longer supported`,
  (r) => `npm http fetch GET 200 https://registry.npmjs.org/${name(r)} ${int(r, 900)}ms (cache miss)`,
  (r) => `added ${int(r, 900)} packages, and audited ${int(r, 900)} packages in ${int(r, 60)}s`,
  (r) => `Collecting ${name(r)}==${version(r)}`,
  (r) => `  Downloading ${name(r)}-${version(r)}-cp312-cp312-manylinux_2_17_x86_64.whl (${int(r, 900)} kB)`,
  (r) =>
    `     ${'━'.repeat(int(r, 40))} ${int(r, 90)}.${int(r, 9)}/90.4 MB ${int(r, 30)}.1 MB/s eta 0:00:0${int(r, 9)}`,
  (r) => `Requirement already satisfied: ${name(r)}>=${version(r)} in /usr/lib/python3/dist-packages`,
  (r) =>
    `[INFO] Downloading from central: https://repo.maven.apache.org/maven2/org/${name(r)}/${version(r)}/${name(r)}-${version(r)}.jar`,
  (r) => `[INFO] --- maven-compiler-plugin:${version(r)}:compile (default-compile) @ shop-${name(r)} ---`,
  (r) => `[WARNING] ${file(r)}: uses unchecked or unsafe operations.`,
  (r) =>
    `[INFO] Tests run: ${int(r, 90)}, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.${int(r, 999)} s -- in shop.CartTest`,
  (r) => `> Task :app:compileKotlin UP-TO-DATE`.replace('app', name(r)),
  (r) => `> Task :${name(r)}:test`,
  (r) =>
    `#${int(r, 30)} ${int(r, 90)}.${int(r, 999)} Get:${int(r, 99)} http://deb.debian.org/debian bookworm/main amd64 ${name(r)} amd64 ${version(r)}-1 [${int(r, 900)} kB]`,
  (r) => `#${int(r, 30)} sha256:${hex(r, 64)} ${int(r, 90)}.${int(r, 99)}MB / 91.24MB ${int(r, 30)}.1s`,
  (r) => `#${int(r, 30)} [build ${int(r, 9)}/9] COPY ${file(r)} /app/`,
  (r) => `#${int(r, 30)} CACHED`,
  (r) => `Step ${int(r, 20)}/20 : RUN make -j4 ${name(r)}`,
  (r) => ` ---> Running in ${hex(r, 12)}`,
  (r) => `${hex(r, 12)}: Download complete`,
  (r) => `${hex(r, 12)}: Downloading [${'='.repeat(int(r, 40))}>  ]  ${int(r, 90)}MB/98MB`,
  (r) => `Unpacking ${name(r)} (${version(r)}-1) ...`,
  (r) => `Setting up lib${name(r)}:amd64 (${version(r)}-1) ...`,
  (r) => `gcc -O2 -Wall -c -o build/${name(r)}.o ${file(r)} -I/usr/include/${name(r)}`,
  (r) => `${file(r)}:${int(r, 900)}:${int(r, 80)}: warning: unused variable '${name(r)}' [-Wunused-variable]`,
  (r) => `  ✓ ${file(r)} (${int(r, 40)} tests) ${int(r, 900)}ms`,
  (r) => `PASS ${file(r)} (${int(r, 9)}.${int(r, 99)} s)`,
  (r) => `ok  \texample.com/shop/${name(r)}\t0.${int(r, 999)}s\tcoverage: ${int(r, 99)}.1% of statements`,
  (r) =>
    `{"level":"info","time":${1_785_924_000_000 + int(r, 1e6)},"msg":"request","path":"/${name(r)}","ms":${int(r, 900)}}`,
  (_, second) => `section_start:${1_785_924_000 + second}:step_script`,
];

/** The same numbers each time (mulberry32). */
function generator(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
