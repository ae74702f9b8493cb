import { testFaultsOf, useLab } from './broken.js';

useLab();

testFaultsOf(['token realm', 'storage']);
