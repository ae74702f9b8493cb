/** Settings of which the two generated files are made. */
export function isAbout([first = '', second = '']: readonly string[]): boolean {
  if (first === 'registry' || first.startsWith('registry_') || first === 'external_url') return true;
  if (first === 'letsencrypt') return second === 'enable';
  if (first === 'postgresql') return ['enable', 'listen_address', 'dir', 'port'].includes(second);
  return first === 'gitlab_rails' && (second.startsWith('registry') || second === 'shared_path');
}
