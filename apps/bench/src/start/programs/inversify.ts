import { Container, injectable } from 'inversify';
import { providerClasses, wantedProviders } from './provider-classes.js';

const types = providerClasses(wantedProviders, injectable()).flat();
const container = new Container();
for (const type of types) container.bind(type).toSelf().inSingletonScope();
for (const type of types) container.get(type);
process.stdout.write('ready\n');
