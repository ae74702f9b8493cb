import { freePort } from '../process.js';
import { untilUpload } from './client.js';
import { editRegistryConfig, type Fault } from './fault.js';

export const objectStoreUnreachable: Fault = {
  id: 'object-store-unreachable',
  breaks: 'blobs are in an object store that refuses connections: nothing is pushed or pulled',
  link: 'storage',
  apply: async (host, gitlab) => {
    const store = {
      ...{ accesskey: 'lab', secretkey: 'lab', bucket: 'images', region: 'us-east-1' },
      regionendpoint: `http://127.0.0.1:${await freePort()}`,
    };
    const undo = await editRegistryConfig(host, (yaml) =>
      yaml.replace(/^storage: .*$/m, `storage: ${JSON.stringify({ s3: store })}`),
    );
    await untilUpload(host, gitlab, 'a failed upload', ({ status }) => status !== undefined && status >= 500);
    return undo;
  },
};
