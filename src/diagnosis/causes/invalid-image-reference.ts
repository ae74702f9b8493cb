import { type Cause, excluded, likely, possible } from '../cause.js';

/**
 * The image reference does not parse: upper case, an empty variable, bad characters.
 *
 * Source: the reference grammar of distribution and the words of its users (docker 28 and skopeo tried), of
 * go-containerregistry (kaniko, crane, ko), of oras-go (oras, helm), of kubelet and Jib.
 */
export const invalidImageReference = {
  id: 'invalid-image-reference',
  group: 'naming',
  title: 'The image name is not a valid reference',
  explain: (facts) => {
    const bad = written(facts.failure) ?? facts.imageText;
    const reason = /lower ?case/i.test(facts.failure)
      ? 'A repository name may have no upper-case letters.'
      : /requires (?:exactly )?\d|:latest|""|blank|": ?$|missing/i.test(facts.failure)
        ? 'A part of it is empty: most likely a variable that is not set in this job.'
        : 'It has a character or a form that a reference may not have: a slash in the tag, a space, https:// in front, or an empty variable.';
    return `The client could not read ${bad === undefined ? 'the image name' : `"${bad}"`} and asked no registry at all. ${reason}`;
  },
  tell: ({ failure }) =>
    /lower ?case|upper/i.test(failure)
      ? 'echo "[$IMAGE]" in the job, with the name as the command gets it, prints upper-case letters before the tag; the network plays no part'
      : 'echo "[$CI_REGISTRY_IMAGE] [$CI_COMMIT_TAG]" in the job, with the variables of the name, prints [] or a strange sign; the network plays no part',
  signals: [
    { says: 'invalid reference format', own: true },
    {
      matches: String.raw`repository name (?:\([^)]*\) )?must be (?:lowercase|canonical)`,
      token: 'repository name ',
      own: true,
    },
    { says: 'is not a valid repository/tag', own: true },
    { matches: String.raw`invalid tag "[^"]*"`, token: 'invalid tag "' },
    { says: 'tag is needed when pushing to registry', own: true },
    { matches: String.raw`base name \(.*\) should not be blank`, token: 'should not be blank', own: true },
    {
      matches: String.raw`(?:repository|tag) can only contain the (?:characters|runes) .?abcdefghijklmnopqrstuvwxyz`,
      token: ' can only contain the ',
      own: true,
    },
    {
      matches: String.raw`repository must be between \d+ and \d+ characters`,
      token: 'repository must be between',
      own: true,
    },
    { matches: String.raw`tag must be between \d+ and \d+ characters`, token: 'tag must be between', own: true },
    { says: 'could not parse reference:', own: true },
    { says: 'registries must be valid rfc 3986', own: true },
    { says: 'strict validation requires the registry to be explicitly defined', own: true },
    { says: "a digest must contain exactly one '@' separator", own: true },
    // Helm takes a registry for a chart repository where the option is for those only.
    {
      matches: String.raw`looks like \\?"oci://\S+ is not a valid chart repository`,
      token: 'is not a valid chart repository',
      own: true,
    },
    { says: 'scheme prefix missing from remote', own: true },
    { says: 'refusing to create a tag with a digest reference', own: true },
    // fabric8's and its successors' plug-in for Maven
    { matches: String.raw`Given Docker name '[^']*' is invalid`, token: 'given docker name', own: true },
    // Spring Boot's build of images, and ko's place for them
    { matches: String.raw`Unable to parse (?:name|image (?:name|reference)) "`, token: 'unable to parse ', own: true },
    { says: 'KO_DOCKER_REPO environment variable is unset', own: true },
    { matches: String.raw`a (?:repository|tag|digest) (?:name )?must be specified`, token: ' must be specified' },
    {
      matches: String.raw`invalid reference: (?:missing|invalid) (?:registry|repository|tag|digest|reference)`,
      token: 'invalid reference: ',
      own: true,
    },
    {
      matches: String.raw`invalid_reference: invalid (?:registry|repository|tag)`,
      token: 'invalid_reference',
      own: true,
    },
    { says: 'no tag or digest when expecting <name:tag|name@digest>', own: true },
    { says: 'image reference format is invalid', own: true },
    { says: 'invalid image name', own: true },
    { says: 'invalid source name', own: true },
    { says: 'invalid destination name', own: true },
    { says: 'expected colon-separated transport:reference', own: true },
    { matches: String.raw`couldn't parse image (?:name|reference)`, token: "couldn't parse image", own: true },
    { says: 'InvalidImageName', own: true },
    { says: 'failed to apply default image tag', own: true },
    { says: 'Invalid image reference', own: true },
    { says: 'perhaps you should check that the reference is formatted correctly', own: true },
    { says: 'invalid repository name', own: true },
    // Registries of the first kind
    { says: 'invalid namespace name (', own: true },
    { says: 'illegal tag name (', own: true },
    { matches: String.raw`\bNAME_INVALID\b|\bTAG_INVALID\b`, token: '_invalid', own: true },
    { matches: String.raw`\bname invalid: `, token: 'name invalid: ', own: true },
    { matches: String.raw`"docker (?:image )?(?:push|pull|tag|save)" requires `, token: '" requires ', own: true },
    { matches: String.raw`'docker (?:image )?(?:push|pull|tag|save)' requires `, token: "' requires ", own: true },
    { says: 'is not a valid image reference', own: true },
    { says: 'error parsing reference', own: true },
    { says: 'normalizing name for compat api', own: true },
  ],
  fit(facts, { text }) {
    const { command } = facts;
    if (/^#\d+ \d+\.\d+ /.test(text)) return excluded('a program in the build said it');
    if (/immutab|cannot be overwritten|already exists/i.test(text))
      return excluded('the tag exists and may not change');
    if (
      /git tag|refs\/tags|helm template|semver|xml|html|yaml tag/i.test(text) &&
      !/invalid reference format/i.test(text)
    )
      return excluded('no image name is meant');
    if (
      /invalid tag "/i.test(text) &&
      !/repository name|invalid reference|buildx|solve|docker|tag "\S*[:/]|oci:|helm|oras/i.test(text)
    )
      return /docker|buildx|podman|buildah|helm|oras|kaniko/.test(command?.text ?? '')
        ? possible('the tag may not have this form')
        : excluded('no image name is meant');
    if (/not a valid chart repository/i.test(text))
      return possible('an oci:// address stands where a chart repository of https is expected');
    if (/must be specified|Invalid (?:image|source|destination) name$/i.test(text))
      return possible('a part of the image name is missing');
    const bad = written(text) ?? facts.imageText;
    return likely(bad === undefined ? 'the client could not read the image name' : `"${bad}" is no valid image name`);
  },
  fix(facts) {
    const bad = written(facts.failure) ?? facts.imageText ?? 'IMAGE';
    const { failure } = facts;
    if (/lower ?case|can only contain|upper/i.test(failure) && /[A-Z]/.test(bad)) {
      const [name = bad, ...tag] = bad.split(/:(?=[^/]*$)/);
      return [
        `IMAGE=${[name.toLowerCase(), ...tag].join(':')}`,
        'In a job use $CI_REGISTRY_IMAGE: it is in lower case already; elsewhere: IMAGE="$(printf %s "$IMAGE" | tr A-Z a-z)"',
      ];
    }
    return [
      `echo "[$CI_REGISTRY_IMAGE] [$CI_COMMIT_TAG] [$CI_COMMIT_SHORT_SHA]"   # in the job: which part of ${bad} is empty?`,
      'CI_REGISTRY_IMAGE is empty where the project’s container registry is off; CI_COMMIT_TAG is set in tag pipelines only; protected variables reach protected refs only',
      'Tags take letters, digits, _ . - (at most 128), no slash: use $CI_COMMIT_REF_SLUG in place of $CI_COMMIT_REF_NAME',
      'HOST[:PORT]/GROUP/PROJECT[/NAME][:TAG], without https:// in front',
    ];
  },
  references: [
    'https://pkg.go.dev/github.com/distribution/reference',
    'https://docs.gitlab.com/user/packages/container_registry/#naming-convention-for-your-container-images',
    'https://docs.gitlab.com/ci/variables/predefined_variables/',
  ],
  examples: [
    {
      is: 'likely',
      under: ['must be lowercase'],
      log: `$ docker build -t registry.example.com/Shop/Api:1 .
invalid argument "registry.example.com/Shop/Api:1" for "-t, --tag" flag: invalid reference format: repository name must be lowercase
See 'docker build --help'.
ERROR: Job failed: exit code 125`,
    },
    {
      is: 'likely',
      under: [':latest', 'invalid reference format'],
      log: `Initialized empty Git repository in /builds/shop/api/.git/
$ docker buildx build --push -t "$IMAGE:latest" .
ERROR: failed to build: invalid tag ":latest": invalid reference format
ERROR: Job failed: exit code 1`,
    },
    {
      is: 'likely',
      under: ['Invalid destination name'],
      log: '+ skopeo copy dir:out docker://registry.example.com/Shop/api:1\ntime="2025-01-02T03:04:05Z" level=fatal msg="Invalid destination name docker://registry.example.com/Shop/api:1: invalid reference format: repository name must be lowercase"\nscript returned exit code 1',
    },
    {
      is: 'likely',
      under: ['can only contain the characters'],
      log: 'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: getting tag for destination: repository can only contain the characters `abcdefghijklmnopqrstuvwxyz0123456789_-./`: Shop/api',
    },
    {
      is: 'likely',
      under: ['default image tag', 'invalid reference format'],
      log: '  Warning  InspectFailed  3s (x2 over 4s)  kubelet  Failed to apply default image tag "registry.example.com/shop/api:": couldn\'t parse image name "registry.example.com/shop/api:": invalid reference format\n  Warning  Failed  3s  kubelet  Error: InvalidImageName',
    },
    {
      is: 'likely',
      under: ['missing registry or repository'],
      log: '##[group]Run oras push shop:1 app.tgz\n##[endgroup]\nError: "shop:1": invalid reference: missing registry or repository\n##[error]Process completed with exit code 1.',
    },
    {
      is: 'likely',
      under: ['requires 1 argument'],
      log: "$ docker push $IMAGE\ndocker: 'docker push' requires 1 argument\n\nUsage:  docker push [OPTIONS] NAME[:TAG]\nERROR: Job failed: exit code 1",
    },
    {
      is: 'likely',
      under: ['can only contain the runes'],
      log: `Error: failed to publish images: error creating publisher: failed to parse "registry.example.com/Harbour" as repository: repository can only contain the runes \`abcdefghijklmnopqrstuvwxyz0123456789_-./\`: Harbour`,
    },
    {
      is: 'likely',
      under: ['Unable to parse image reference'],
      log: `> Task :bootBuildImage FAILED
> Unable to parse image reference "registry.example.com/Harbour/pilot". Image reference must be in the form '[domainHost:port/][path/]name[:tag][@digest]'`,
    },
  ],
  lookalikes: [
    {
      instead: 'protected-by-rule',
      log: `error pushing image: failed to push to destination registry.example.com/shop/api:1: PUT https://registry.example.com/v2/shop/api/manifests/1: TAG_INVALID: The image tag '1' already exists in the 'shop/api' repository and cannot be overwritten because the tag is immutable.`,
    },
    {
      instead: 'not-registry',
      log: '$ npm publish\nnpm ERR! code E400\nnpm ERR! 400 Bad Request - PUT https://npm.example.com/shop - Invalid tag name ":latest"\nERROR: Job failed: exit code 1',
    },
    {
      instead: 'image-not-found-locally',
      log: '$ docker push registry.example.com/shop/api:tga\nThe push refers to repository [registry.example.com/shop/api]\ntag does not exist: registry.example.com/shop/api:tga',
    },
  ],
} as const satisfies Cause;

/** The reference as the error quotes it. */
function written(text: string): string | undefined {
  return (
    /(?:invalid argument|invalid tag|parsing reference:?|image name|default image tag|stage name|failed to parse|image reference) "?([^\s"]*[^\s":])"?/i.exec(
      text.replaceAll('\\"', '"'),
    )?.[1] ??
    /name docker:\/\/(\S+?): /.exec(text)?.[1] ??
    /Error: "?([^\s"]*[/:][^\s"]*[^\s":])"?/i.exec(text)?.[1] ??
    /characters `[^`]*`: (\S+)$/.exec(text)?.[1]
  );
}
