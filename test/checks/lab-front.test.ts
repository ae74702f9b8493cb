import { testFaultsOf, useLab } from './broken.js';

useLab();

testFaultsOf(['DNS', 'TLS', 'nginx', 'registry']);
