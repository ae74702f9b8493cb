import { layout } from './services.js';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** The host's own nginx.conf: what the package's has and the registry's vhost needs. */
export const nginxConf = (root: string, asRoot: boolean): string => {
  const { nginx, logs } = layout(root);
  return `${asRoot ? 'user root;\n' : ''}worker_processes 1;
error_log ${logs}/nginx/error.log error;
pid ${nginx}/nginx.pid;
daemon off;

events {
  worker_connections 256;
}

http {
  log_format gitlab_access '$remote_addr - $remote_user [$time_local] "$request_method $uri $server_protocol" $status $body_bytes_sent "$http_user_agent"';
  access_log ${logs}/nginx/access.log gitlab_access;
  server_names_hash_bucket_size 64;
${TEMPORARY.map((name) => `  ${name}_temp_path ${nginx}/${name}_temp;`).join('\n')}

  include ${nginx}/conf/service_conf/*.conf;
}
`;
};
