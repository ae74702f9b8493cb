import { editSettings, type Fault, untilBadGateway, watchLog } from './fault.js';

export const backendNameUnknown: Fault = {
  id: 'backend-name-unknown',
  breaks: 'registry_http_addr holds a name that does not resolve: the registry dies, nginx refuses its new vhost',
  link: 'DNS',
  apply: async (host) => {
    const registryLogged = await watchLog(host, 'registry/current');
    const nginxLogged = await watchLog(host, 'nginx/error.log');
    const undo = await editSettings(host, (source) =>
      source.replace(/^(registry\['registry_http_addr'\] = ')[^:]*/m, '$1registry.invalid'),
    );
    await host.reconfigure();
    await untilBadGateway(host);
    await registryLogged('no such host');
    await nginxLogged('host not found in upstream');
    return undo;
  },
};
