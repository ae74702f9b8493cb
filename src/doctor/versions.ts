import { atLeast } from '../host/render/settings.js';
import { type Finding, fault, pass } from './finding.js';

/** What Registrar itself runs on; Redis and GitLab tell theirs in their own parts. Pure. */
export interface VersionsSeen {
  registrar: string;
  node: string;
  /** `engines.node` of package.json, such as `>=20.19`. */
  wanted: string;
}

export function judgeVersions({ registrar, node, wanted }: VersionsSeen): Finding[] {
  const said = `Registrar ${registrar}, Node ${node}`;
  const oldest = wanted.replace(/^>=/, '');
  if (atLeast(node, oldest)) return [pass('versions', said)];
  return [
    fault('fail', 'versions', {
      what: `${said}: that Node is older than ${oldest}`,
      why: 'Registrar is not tried with it',
      fix: `install Node ${oldest} or newer (https://nodejs.org), then start Registrar again`,
    }),
  ];
}
