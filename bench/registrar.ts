import { main } from '../src/cli.js';

/** `registrar`, without the look whether it has to be built again. */
process.exit(await main(process.argv.slice(2)));
