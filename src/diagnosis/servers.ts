/**
 * What only a registry's own log holds, or a look at it: distribution's fields and Go packages, the first registry's
 * Python, Harbor's, Nexus', Artifactory's and Quay's code, the name that Compose or a person gives the log.
 */
const SERVER =
  /\bdocker_registry\/|\bdocker-registry\b|\b(?:docker|distribution)\/distribution\b|\bregistry:\d|\bregistry serve\b|\/etc\/(?:docker\/registry|distribution)\/|\b(?:docker|podman) logs \S{0,40}registry|\bregistry(?:[_-]\d+|ctl)?(?:\[\d+\]:|\s{1,20}\| )|\bregistry(?:'s)? logs?\b|\bgitlab\/registry\b|registry\/(?:current|handlers|storage)\b|\bharbor\/src\/|\bharbor-(?:core|registry|log|jobservice)\b|\/core\/middlewares?\/|org\.sonatype\.nexus|\bnexus\.log\b|\bV2Handlers?\b|\[jf(?:rt|art)|\bartifactory-service\b|\bquay-registry\b|\bresponse completed with error\b|\berr\.(?:code|detail|message)=|\bhttp\.request\.(?:method|id|host)=|Exception on \/v[12]\/|\bsys\.id\b.{0,40}\bupload/i;

/** Does a line come from a registry's own log, or announce it? Pure. */
export const isOfServer = (line: string): boolean => SERVER.test(line.slice(0, 2_000));

/** Where builders, daemons and clients of images work: not a registry's disk. */
const LOCAL =
  /\blayers?\b|\/var\/lib\/(?:docker|containers?|containerd|buildkit|kubelet)\b|\.local\/share\/containers|\/(?:builds|home|runner|workspace|kaniko)\//;

/** Is a full disk that a line speaks of the one below a registry? Pure. */
export const isServersDisk = (line: string, near: readonly string[]): boolean =>
  !LOCAL.test(line.slice(0, 2_000)) && (isOfServer(line) || near.some(isOfServer));
