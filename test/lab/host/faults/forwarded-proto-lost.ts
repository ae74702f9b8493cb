import { untilUpload } from './client.js';
import { editVhost, type Fault } from './fault.js';

export const forwardedProtoLost: Fault = {
  id: 'forwarded-proto-lost',
  breaks: 'the proxy does not hand on X-Forwarded-Proto: the registry sends uploads on to plain http',
  link: 'nginx',
  // Without Host, too, nothing would be seen: nginx mends a Location with its own upstream in it.
  apply: async (host, gitlab) => {
    const undo = await editVhost(host, (vhost) => vhost.replace(/^ *proxy_set_header X-Forwarded-Proto .*\n/gm, ''));
    await untilUpload(
      host,
      gitlab,
      'an upload elsewhere',
      ({ status, headers }) => status === 202 && !String(headers.location).startsWith(host.registryUrl),
    );
    return undo;
  },
};
