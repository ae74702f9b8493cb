import { editSettings, type Fault, untilBadGateway, watchLog } from './fault.js';

export const addrWithScheme: Fault = {
  id: 'addr-with-scheme',
  breaks: 'registry_http_addr begins with http://: the registry dies at its start, nginx refuses its new vhost',
  link: 'registry',
  apply: async (host) => {
    const registryLogged = await watchLog(host, 'registry/current');
    const nginxLogged = await watchLog(host, 'nginx/error.log');
    const undo = await editSettings(host, (source) =>
      source.replace(/^(registry\['registry_http_addr'\] = ')/m, '$1http://'),
    );
    await host.reconfigure();
    await untilBadGateway(host);
    await registryLogged('too many colons in address');
    await nginxLogged('[emerg]');
    return undo;
  },
};
